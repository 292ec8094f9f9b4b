//! What a handler gets from the edge.

use std::sync::OnceLock;
use std::time::Duration;

use aws_sdk_eventbridge::error::ProvideErrorMetadata as _;
use clock::Clock;
use engine::Budget;
use jiff::Timestamp;
use partner_http::{Remedy, Secret, Timeouts, Transport};
use schedules::{Once, Schedules};
use serde_json::Value;
use store::Store;
use tokio::sync::Mutex;

use crate::config::Config;
use crate::failure::Failure;
use crate::secrets;

/// What is built once per cold start and shared by the invocations of a warm instance.
#[derive(Debug)]
pub struct Edge {
    /// The environment.
    pub config: Config,
    /// The stack's table.
    pub store: Store,
    /// The stack's schedules.
    pub schedules: Schedules,
    secrets: aws_sdk_secretsmanager::Client,
    events: aws_sdk_eventbridge::Client,
    transport: OnceLock<Transport>,
    /// The secret as it was last read, and when.
    last_secret: Mutex<Option<(Timestamp, Secret)>>,
}

/// One invocation: its id and how long it may work.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The request id of Lambda; names the holder of leases.
    pub request_id: String,
    function: String,
    function_arn: String,
    deadline: Timestamp,
}

impl Edge {
    pub(crate) async fn build(config: Config) -> Self {
        let sdk = crate::aws::sdk().await;
        let store =
            Store::new(aws_sdk_dynamodb::Client::new(&sdk), config.table.clone(), config.clock.clone());
        let schedules = Schedules::new(aws_sdk_scheduler::Client::new(&sdk));
        let secrets = aws_sdk_secretsmanager::Client::new(&sdk);
        let events = aws_sdk_eventbridge::Client::new(&sdk);
        let (transport, last_secret) = (OnceLock::new(), Mutex::default());
        Self { config, store, schedules, secrets, events, transport, last_secret }
    }

    /// The clock of this process.
    pub fn clock(&self) -> &Clock {
        &self.config.clock
    }

    /// The network to the partners, with connections that outlive an invocation.
    pub fn transport(&self) -> Result<Transport, Failure> {
        if let Some(transport) = self.transport.get() {
            return Ok(transport.clone());
        }
        let opened = Transport::reqwest(Timeouts::default())
            .map_err(|error| Failure::bug(format!("no network client: {error}")))?;
        Ok(self.transport.get_or_init(|| opened).clone())
    }

    /// Starts this function once more, `wait` from now, with `input`. A one-time schedule and not an invocation of
    /// itself: Lambda ends chains of functions that invoke themselves, and a wait costs nothing.
    ///
    /// A later call moves what an earlier one has planned, unless one `insists` and the other does not: what a person
    /// or the night asked for is not replaced by the next turn of the day.
    pub async fn again(
        &self,
        invocation: &Invocation,
        wait: Duration,
        input: &Value,
        insists: bool,
    ) -> Result<(), Failure> {
        let name = format!("{}{}-continue", invocation.function, if insists { "-f" } else { "" });
        self.once(name, wait, invocation.function_arn.clone(), input).await
    }

    /// Starts another function of this stack, by the name of its binary, before its turn. However often that is asked
    /// for before it starts, it starts once.
    pub async fn start(
        &self,
        invocation: &Invocation,
        binary: &str,
        wait: Duration,
        input: &Value,
    ) -> Result<(), Failure> {
        let function = format!("ponte-{}-{binary}", self.config.tenant);
        let Some(of_stack) = invocation.function_arn.strip_suffix(&invocation.function) else {
            return Err(Failure::bug("the function's ARN does not end in its name"));
        };
        self.once(format!("{function}-e-continue"), wait, format!("{of_stack}{function}"), input).await
    }

    /// Starts whatever the scheduler can start, a state machine for one, within a minute. However often that is asked
    /// for before it starts, it starts once. `name` is without what all names of this stack begin with.
    pub async fn start_target(&self, name: &str, arn: &str, input: &Value) -> Result<(), Failure> {
        let name = format!("ponte-{}-{name}-e-continue", self.config.tenant);
        self.once(name, Duration::ZERO, arn.to_owned(), input).await
    }

    async fn once(
        &self,
        name: String,
        wait: Duration,
        function_arn: String,
        input: &Value,
    ) -> Result<(), Failure> {
        let missing = |name: &str| Failure::fix_config(format!("{name} is missing in the environment"));
        let Config { scheduler_role, dead_letters, .. } = &self.config;
        let once = Once {
            // At most 64 characters, with the longest tenant and the longest job.
            name,
            at: clock::later(self.clock().now(), wait),
            function_arn,
            role_arn: scheduler_role.clone().ok_or_else(|| missing("PONTE_SCHEDULER_ROLE"))?,
            dead_letters_arn: dead_letters.clone().ok_or_else(|| missing("PONTE_DEAD_LETTERS"))?,
            input: input.to_string(),
        };
        self.schedules.once(&once).await.map_err(|error| Failure::of(&error.remedy(), error.to_string()))
    }

    /// Says on the account's event bus that something of this kind has happened in this stack, so that whoever works
    /// on it does not wait for its turn. What has happened is in the table: an event that is lost costs only time.
    pub async fn announce(&self, kind: &str, id: &str) -> Result<(), Failure> {
        self.tell(kind, &serde_json::json!({ "id": id })).await
    }

    /// The same, with what there is to say about it: an object, for whoever outside this stack listens.
    pub async fn tell(&self, kind: &str, detail: &Value) -> Result<(), Failure> {
        let entry = aws_sdk_eventbridge::types::PutEventsRequestEntry::builder()
            .source(format!("ponte.{}", self.config.tenant))
            .detail_type(kind)
            .detail(detail.to_string())
            .build();
        let answer = self.events.put_events().entries(entry).send().await.map_err(|error| {
            let code = error.code().unwrap_or("it could not be reached").to_owned();
            Failure::of(
                &Remedy::RetryLater { after: Duration::from_secs(5) },
                format!("the event bus: {code}"),
            )
        })?;
        match answer.entries().iter().find_map(|entry| entry.error_code()) {
            None => Ok(()),
            Some(code) => Err(Failure::fix_config(format!("the event bus refused an event: {code}"))),
        }
    }

    /// The text of the integration's secret; a new value is seen at the next invocation.
    pub async fn secret(&self) -> Result<Secret, Failure> {
        secrets::read(&self.secrets, self.config.secret.as_deref()).await
    }

    /// The text of another secret, by its id: for the console, which keeps those of the integrations.
    pub async fn secret_of(&self, id: &str) -> Result<Secret, Failure> {
        secrets::read(&self.secrets, Some(id)).await
    }

    /// Puts `text` into that secret; runs see it from their next start on.
    pub async fn put_secret_of(&self, id: &str, text: &Secret) -> Result<(), Failure> {
        secrets::write(&self.secrets, id, text).await
    }

    /// The text of the integration's secret, read again only when it was read longer than `age` ago: for a function that strangers call in
    /// bursts. A new value is seen `age` later at the latest.
    pub async fn recent_secret(&self, age: Duration) -> Result<Secret, Failure> {
        // Held while it is read, so that invocations at the same time read it once.
        let mut last = self.last_secret.lock().await;
        let now = self.clock().now();
        if let Some((read, secret)) = last.as_ref()
            && clock::until(*read, now) < age
        {
            return Ok(secret.clone());
        }
        let secret = self.secret().await?;
        *last = Some((now, secret.clone()));
        Ok(secret)
    }
}

impl Invocation {
    pub(crate) fn of(context: &lambda_runtime::Context, clock: &Clock) -> Self {
        let deadline = i64::try_from(context.deadline).unwrap_or(i64::MAX);
        let deadline = Timestamp::from_millisecond(deadline).unwrap_or(Timestamp::MAX);
        Self {
            request_id: context.request_id.clone(),
            function: context.env_config.function_name.clone(),
            function_arn: context.invoked_function_arn.clone(),
            deadline: clock.at(deadline),
        }
    }

    /// Randomness of this invocation, from its id: two invocations do not wait in step.
    pub fn rng(&self) -> fastrand::Rng {
        let seed = self
            .request_id
            .bytes()
            .fold(0_u64, |seed, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte)));
        fastrand::Rng::with_seed(seed)
    }

    /// The time this invocation may work: until its deadline, less `reserve`.
    pub fn budget(&self, reserve: Duration) -> Budget {
        Budget::new(self.deadline, reserve)
    }
}
