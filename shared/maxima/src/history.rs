//! The history of one order that was just imported (`contracts/maxima.md` §7.5, §7.6): rows of which it is not known
//! whether an update makes them.

use std::collections::HashSet;

use http::Method;
use partner_http::CallError;
use serde_json::{Map, Value};

use crate::{
    HistoricoPedidoCapa, PosicaoPedido,
    client::Maxima,
    record,
    resource::Resource,
    upsert::{Hashed, refusal},
};

impl Maxima {
    /// Updates rows, and inserts those that an update did not make: the SDK updates history that is not there yet,
    /// and nobody says what the cloud makes of it (§7.5). What is believed of the rows does not matter.
    ///
    /// A refused update is healed as [`upsert`](Self::upsert) does. After an accepted one the rows are looked for
    /// by the first member of their key, and those of which it is nowhere are inserted: of an order's items that
    /// is all of them or none. Doing it twice ends with the same rows. Faults as of [`upsert`](Self::upsert).
    pub async fn put_or_post<R: Resource>(&self, rows: &[Hashed<'_, R>]) -> Result<(), CallError> {
        let updates: Vec<_> = rows.iter().map(|row| Hashed { known: true, ..*row }).collect();
        self.upsert(&updates).await?;
        let missing = self.nowhere(rows).await?;
        if missing.is_empty() { Ok(()) } else { self.upsert(&missing).await }
    }

    /// Tells the timeline of the app where an order stands (§7.6): a header update with its key and `Posicao` only.
    /// The timeline believes it when the header is otherwise complete; so `false` says that the cloud does not have
    /// the header, and that the whole row is owed, by [`put_or_post`](Self::put_or_post). A cloud that takes the
    /// update of a missing row in silence is not found out here.
    pub async fn set_position(&self, numped: i64, posicao: PosicaoPedido) -> Result<bool, CallError> {
        let mut record = Map::new();
        record.insert("Numped".to_owned(), Value::from(numped));
        record.insert("Posicao".to_owned(), Value::from(posicao.letter()));
        let update = [Value::Object(record).to_string()];
        let Err(error) = self.send_all::<HistoricoPedidoCapa>(&Method::PUT, &update).await else {
            return Ok(true);
        };
        let error = refusal(error)?;
        let key = numped.to_string();
        let there = self.present::<HistoricoPedidoCapa>(&[vec![key]]).await?;
        if there == [true] { Err(error) } else { Ok(false) }
    }

    /// The rows of which the first member of the key is nowhere.
    async fn nowhere<'a, R: Resource>(
        &self,
        rows: &[Hashed<'a, R>],
    ) -> Result<Vec<Hashed<'a, R>>, CallError> {
        let first = |row: &Hashed<'_, R>| record::key(row.row).swap_remove(0);
        let keys: Vec<String> = rows.iter().map(first).collect();
        let there: HashSet<String> = self.existing(R::TABLE, R::KEY, &keys).await?;
        let missing = rows.iter().zip(keys).filter(|(_, key)| !there.contains(key));
        Ok(missing.map(|(row, _)| Hashed { known: false, ..*row }).collect())
    }
}
