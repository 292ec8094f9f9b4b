//! Who takes the records of a listing: one entity, or several that share it.

use crate::Cause;
use crate::entity::{Entity, Source, SourcePage, Target};
use crate::page::{Settled, Sink};
use crate::ports::State;
use crate::retire::{Courses, Ending};
use crate::stop::Stop;

/// Who takes the records of a listing. Made of [`Only`] and [`Both`]; what it does is the engine's own business.
#[expect(async_fn_in_trait, reason = "only the engine calls it, in its own task")]
pub trait Intake<Record, T, P> {
    /// Names of the entities, in order.
    fn names(&self) -> Vec<&'static str>;

    /// Brings the records of one page into the target: what became of them, per entity.
    #[doc(hidden)]
    async fn settle(
        &self,
        sink: &Sink<'_, T, P>,
        place: &Place<'_>,
        page: SourcePage<Record>,
    ) -> Result<Vec<Settled>, Cause>;

    /// Brings in the rows that must exist whatever the source holds, and forgets what was kept out and is not there
    /// any more.
    #[doc(hidden)]
    async fn complete(&self, sink: &Sink<'_, T, P>, ending: &Ending<'_>) -> Result<Vec<Settled>, Cause>;

    /// Lets go of what is gone, and notes in `courses`, per entity, how far that has come and what became of it.
    #[doc(hidden)]
    async fn retire<S: Source<Record>>(
        &self,
        sink: &Sink<'_, T, P>,
        source: &S,
        ending: &Ending<'_>,
        courses: &mut Courses,
    ) -> Result<(), Stop>;
}

/// Where a page stands in its sweep.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub(crate) sweep: &'a str,
    /// Counted over all parts.
    pub(crate) number: u32,
}

/// One entity.
#[derive(Debug)]
pub struct Only<'a, E: Entity> {
    /// What its map needs.
    pub refs: &'a E::Refs,
}

/// Two takers of the same records; either may be two itself. All name a record by the same key: what one of them
/// has met is there for all.
#[derive(Debug)]
pub struct Both<A, B>(pub A, pub B);

impl<E, T, P> Intake<E::Record, T, P> for Only<'_, E>
where
    E: Entity,
    T: Target<E::Row>,
    P: State,
{
    fn names(&self) -> Vec<&'static str> {
        vec![E::NAME]
    }

    async fn settle(
        &self,
        sink: &Sink<'_, T, P>,
        place: &Place<'_>,
        page: SourcePage<E::Record>,
    ) -> Result<Vec<Settled>, Cause> {
        Ok(vec![sink.page::<E>(place, page, self.refs).await?])
    }

    async fn complete(&self, sink: &Sink<'_, T, P>, ending: &Ending<'_>) -> Result<Vec<Settled>, Cause> {
        Ok(vec![sink.complete::<E>(ending, self.refs).await?])
    }

    async fn retire<S: Source<E::Record>>(
        &self,
        sink: &Sink<'_, T, P>,
        source: &S,
        ending: &Ending<'_>,
        courses: &mut Courses,
    ) -> Result<(), Stop> {
        let course = courses.entry(E::NAME.to_owned()).or_default();
        sink.retire::<E, S>(source, ending, self.refs, course).await
    }
}

impl<Record, A, B, T, P> Intake<Record, T, P> for Both<A, B>
where
    Record: Clone,
    A: Intake<Record, T, P>,
    B: Intake<Record, T, P>,
{
    fn names(&self) -> Vec<&'static str> {
        let mut names = self.0.names();
        names.extend(self.1.names());
        names
    }

    async fn settle(
        &self,
        sink: &Sink<'_, T, P>,
        place: &Place<'_>,
        page: SourcePage<Record>,
    ) -> Result<Vec<Settled>, Cause> {
        let mut settled = self.0.settle(sink, place, page.clone()).await?;
        settled.extend(self.1.settle(sink, place, page).await?);
        Ok(settled)
    }

    async fn complete(&self, sink: &Sink<'_, T, P>, ending: &Ending<'_>) -> Result<Vec<Settled>, Cause> {
        let mut settled = self.0.complete(sink, ending).await?;
        settled.extend(self.1.complete(sink, ending).await?);
        Ok(settled)
    }

    async fn retire<S: Source<Record>>(
        &self,
        sink: &Sink<'_, T, P>,
        source: &S,
        ending: &Ending<'_>,
        courses: &mut Courses,
    ) -> Result<(), Stop> {
        self.0.retire(sink, source, ending, courses).await?;
        self.1.retire(sink, source, ending, courses).await
    }
}
