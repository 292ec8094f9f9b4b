//! Everything that nobody has confirmed of the two partners, drawn for one run, and our settings to match.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use fastrand::Rng;
use senior::{NoteWriter, OrderFieldVerb, OrderRead, UrlStyle};
use service_orders::{CancelStrategy, Settings};
use simulators::{
    CallbackForm, CallbackShape, CancelMode, Copied, EventForm, FacadeKey, Metadata, Names, Naming,
    RefusalForm, Repeated, ReplyShape, SeniorOptions, SismetroOptions, SituationWords, TENANT, Wrapper,
};
use sismetro::OpenBodyMode;

use crate::services::secrets;

/// How the partners are in one run, and what our operator has set.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(crate) struct Variety {
    pub(crate) senior: SeniorOptions,
    pub(crate) sismetro: SismetroOptions,
    pub(crate) settings: Settings,
    /// Callbacks are signed.
    pub(crate) signed: bool,
    /// Callbacks come by the secret address.
    pub(crate) by_path: bool,
    /// How often a partner tries to tell us something.
    pub(crate) tries: u32,
    /// Branch 4 has a configuration: whether it is active.
    pub(crate) branch: Option<bool>,
    /// The settings may be edited while it runs: then callbacks may be believed, orders released to be cancelled …
    pub(crate) edits: bool,
    /// Another tenant's name in the events, which no alias knows yet.
    pub(crate) strange_tenant: bool,
}

fn one_of<T: Copy>(rng: &mut Rng, all: &[T]) -> T {
    all[rng.usize(..all.len())]
}

impl Variety {
    /// As the contracts' examples are; every opening can be found.
    pub(crate) fn plain() -> Self {
        let units = BTreeMap::from([
            (secrets::UNIT.to_owned(), secrets::UNIT_KEY.to_owned()),
            (secrets::SECOND.to_owned(), secrets::SECOND_KEY.to_owned()),
        ]);
        let senior = SeniorOptions {
            access_key: secrets::ACCESS_KEY.to_owned(),
            secret: secrets::SECRET.to_owned(),
            client_id: secrets::CLIENT_ID.to_owned(),
            ..SeniorOptions::default()
        };
        let form = CallbackForm { key: secrets::CALLBACK.to_owned(), ..CallbackForm::default() };
        let sismetro = SismetroOptions { units, callbacks: Some(form), ..SismetroOptions::default() };
        let mut settings = Settings {
            default_branch_active: true,
            default_account: Some("principal".to_owned()),
            auto_resend: true,
            ..Settings::default()
        };
        TENANT.clone_into(&mut settings.senior.tenant_name);
        "https://senior.test".clone_into(&mut settings.senior.base_url);
        "https://sismetro.test/serviceOrder/open".clone_into(&mut settings.sismetro.open_url);
        "https://sismetro.test".clone_into(&mut settings.sismetro.read_base_url);
        Self {
            senior,
            sismetro,
            settings,
            signed: false,
            by_path: false,
            tries: 5,
            branch: None,
            edits: false,
            strange_tenant: false,
        }
    }

    pub(crate) fn draw(rng: &mut Rng) -> Self {
        let mut drawn = Self::plain();
        drawn.draw_events(rng);
        drawn.draw_erp(rng);
        drawn.draw_sismetro(rng);
        drawn.draw_callbacks(rng);
        drawn.draw_settings(rng);
        drawn
    }

    fn draw_events(&mut self, rng: &mut Rng) {
        self.strange_tenant = rng.u8(..20) == 0;
        let names = [TENANT, "ACME-COM-BR", "acme.com.br"];
        let tenant = if self.strange_tenant { "acme-holding" } else { one_of(rng, &names) };
        let wrapper = if rng.bool() { Wrapper::Mixed } else { one_of(rng, &Wrapper::ALL) };
        self.senior.events = EventForm {
            wrapper,
            as_text: rng.u8(..6) == 0,
            in_array: rng.u8(..6) == 0,
            naming: one_of(rng, &[Naming::Plausible, Naming::Flat, Naming::Portuguese, Naming::Mixed]),
            metadata: one_of(rng, &[Metadata::Absent, Metadata::Body, Metadata::Headers, Metadata::Mixed]),
            tenant: tenant.to_owned(),
            credentials: rng.u8(..4) == 0,
            without_branch: rng.u8(..6) == 0,
            ..EventForm::default()
        };
        self.settings.senior.tenant_aliases = vec!["acme.com.br".to_owned()];
    }

    fn draw_erp(&mut self, rng: &mut Rng) {
        let erp = &mut self.senior;
        erp.situations = one_of(
            rng,
            &[
                SituationWords::Capitals,
                SituationWords::Label,
                SituationWords::Code,
                SituationWords::CodeAsText,
                SituationWords::English,
            ],
        );
        erp.cancel = one_of(
            rng,
            &[CancelMode::Accept, CancelMode::Accept, CancelMode::Refuse, CancelMode::HiddenRefusal],
        );
        erp.tells_all = rng.bool();
        erp.token_life = Duration::from_mins(if rng.bool() { 10_080 } else { 20 });
        erp.token_calls = (rng.u8(..4) == 0).then(|| rng.u32(2..12));
        erp.refuse_login_with_200 = rng.bool();
        erp.token_at_root = rng.bool();
        if rng.u8(..8) == 0 {
            erp.inactive_branches = BTreeSet::from([4]);
        }
        let ours = &mut self.settings.senior;
        ours.url_style = if rng.bool() { UrlStyle::Gateway } else { UrlStyle::Bridge };
        ours.order_read = match rng.u8(..12) {
            0..6 => OrderRead::Apis,
            6..9 => OrderRead::Entity,
            9..11 => OrderRead::Ecommerce,
            _ => OrderRead::None,
        };
        let shows_its_text = matches!(ours.order_read, OrderRead::Apis | OrderRead::Entity);
        ours.note_writer = match rng.u8(..6) {
            0 if shows_its_text => NoteWriter::OrderField,
            0..4 => NoteWriter::Entity,
            _ => NoteWriter::Apis,
        };
        ours.order_field_verb = if rng.bool() { OrderFieldVerb::Patch } else { OrderFieldVerb::Put };
        if ours.order_read == OrderRead::None {
            self.senior.missing.insert("getOrder".to_owned());
        }
    }

    fn draw_sismetro(&mut self, rng: &mut Rng) {
        let theirs = &mut self.sismetro;
        theirs.retry_after = rng.bool();
        theirs.page_size = one_of(rng, &[2, 3, 10]);
        theirs.newest_first = rng.bool();
        theirs.unknown_is_404 = rng.bool();
        theirs.copied = one_of(rng, &[Copied::Nothing, Copied::Number, Copied::Number, Copied::NumberAndId]);
        theirs.equipment_copied = rng.u8(..4) > 0;
        theirs.url_in_record = rng.u8(..4) > 0;
        theirs.reply = match rng.u8(..8) {
            0 => Some(ReplyShape::Valid),
            1 => Some(ReplyShape::Success),
            2 => Some(ReplyShape::ResultList),
            3 => Some(ReplyShape::Text),
            4 => Some(ReplyShape::NumberOnly),
            _ => None,
        };
        theirs.refusal =
            one_of(rng, &[RefusalForm::Valid, RefusalForm::Success, RefusalForm::Error, RefusalForm::Erro]);
        theirs.repeated =
            one_of(rng, &[Repeated::Opens, Repeated::Opens, Repeated::Conflict, Repeated::BareConflict]);
        theirs.concluded_at_once = rng.u8(..10) == 0;
    }

    fn draw_callbacks(&mut self, rng: &mut Rng) {
        self.by_path = rng.u8(..6) == 0;
        let key = if self.by_path && rng.bool() { "nenhuma" } else { secrets::CALLBACK };
        let shapes = [
            CallbackShape::Canonical,
            CallbackShape::Path,
            CallbackShape::Facade,
            CallbackShape::Record,
            CallbackShape::Mixed,
        ];
        let form = CallbackForm {
            shape: one_of(rng, &shapes),
            names: one_of(rng, &[Names::Both, Names::Ss, Names::Order, Names::Mixed]),
            event_id: rng.bool(),
            key: key.to_owned(),
            facade_key: one_of(rng, &[FacadeKey::Headers, FacadeKey::Bearer, FacadeKey::BearerAlone]),
            delay: Duration::from_secs(one_of(rng, &[0, 0, 30, 600])),
            progress: rng.bool(),
        };
        self.sismetro.callbacks = (rng.u8(..4) > 0).then_some(form);
        self.signed = rng.u8(..4) == 0;
        self.tries = one_of(rng, &[1, 4, 4, 8]);
    }

    fn draw_settings(&mut self, rng: &mut Rng) {
        self.edits = rng.u8(..5) == 0;
        self.branch = (rng.u8(..3) == 0).then(|| rng.bool());
        let settings = &mut self.settings;
        settings.default_branch_active = rng.u8(..12) > 0;
        if rng.u8(..16) == 0 {
            settings.default_account = None;
        }
        settings.cancel_strategy =
            if rng.bool() { CancelStrategy::Direct } else { CancelStrategy::ReleaseThenCancel };
        let can_be_found = self.sismetro.copied != Copied::Nothing;
        settings.auto_resend = can_be_found && rng.u8(..3) > 0;
        settings.scan_pages = if settings.auto_resend { 6 } else { one_of(rng, &[0, 2, 6]) };
        settings.verify_callbacks = rng.u8(..6) > 0;
        settings.require_signature = self.signed && rng.bool();
        settings.poll_per_turn = one_of(rng, &[1, 80]);
        settings.find_lost_events = rng.u8(..3) == 0;
        let modes = [OpenBodyMode::Passthrough, OpenBodyMode::Unwrapped, OpenBodyMode::Mapped];
        settings.sismetro.open_body_mode = one_of(rng, &modes);
        self.senior.release_of_cancelled =
            self.edits || settings.cancel_strategy == CancelStrategy::ReleaseThenCancel;
    }

    /// Whether an SS whose opening was lost can be found without a doubt.
    pub(crate) fn can_be_found(&self) -> bool {
        self.sismetro.copied != Copied::Nothing
    }

    /// Whether callbacks may ever be believed.
    pub(crate) fn trusts(&self) -> bool {
        self.edits || !self.settings.verify_callbacks
    }
}
