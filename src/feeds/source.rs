//! The list-and-watch state machine of one kind in one scope.
//!
//! One machine for protobuf and JSON alike. It lists (streamed where the server can, whole otherwise, in pages
//! as a last resort), then watches from where the list ended, and goes on from there after every interruption.
//! Rows of before stay in the picture until a list has confirmed or dropped them.

use std::sync::Arc;
use std::time::Duration;

use futures::{FutureExt, StreamExt};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant as Tick, sleep_until};

use super::backoff::Backoff;
use super::objects::{Position, take_event, take_object};
use super::patience::Patience;
use super::rows::Intake;
use super::sink::Sink;
use crate::clients::kubernetes::wire::{Encoding, ListDecoder, ListMeta, Piece, WatchDecoder, WireError};
use crate::clients::kubernetes::{ApiError, ContentType, Reader, StreamingAnswer};
use crate::picture::model::{Change, Delta, Scope, SourceKey};
use crate::platform::freshness::Freshness;
use crate::platform::time::{Clock, Instant};

/// What is accepted, best first.
const ACCEPT: &str = "application/vnd.kubernetes.protobuf, application/json";
const ACCEPT_WATCH: &str =
    "application/vnd.kubernetes.protobuf;stream=watch, application/json;stream=watch, application/json";

/// How long the server is asked to keep a watch open, in seconds; it ends it and the machine goes on.
const WATCH_SECONDS: u32 = 290;

/// How lists are asked for; each is tried until the server refuses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ListWay {
    /// As a watch that begins with what is there.
    Streamed,
    /// As one answer, decoded as it arrives.
    Whole,
    /// In pages.
    Paged,
}

/// After so long without trouble, the next trouble has nothing to do with the one before.
const STEADY: Duration = Duration::from_secs(5);

/// So many refusals in a row are believed, where the user could list before: a server that starts refuses at first
/// what it allows a moment later.
const REFUSALS: u32 = 3;

/// Objects of one page.
const PAGE: u32 = 500;

/// Why a source ended for good.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Ended {
    /// This user may not list the kind in this scope.
    Forbidden(String),
    /// The console is going.
    Closed,
}

/// What a source needs.
#[derive(Clone)]
pub(super) struct SourceContext {
    pub(super) reader: Reader,
    pub(super) deltas: mpsc::Sender<Delta>,
    /// Changes when someone asks to try again at once.
    pub(super) refresh: watch::Receiver<u64>,
    /// Changes when the server gives no sign of life.
    pub(super) lost: watch::Receiver<u64>,
    pub(super) clock: Clock,
    pub(super) patience: Patience,
    /// Raised when a list is complete.
    pub(super) listed: Option<Arc<watch::Sender<bool>>>,
}

/// How an attempt went wrong.
enum Trouble {
    /// The resource version is too old: list again.
    Gone,
    /// The server does not list in this way.
    Refused,
    /// Anything else, with its words.
    Failed(ApiError),
    /// Nothing came for too long.
    Silent,
    /// The server ended a watch as soon as it began.
    Brief,
    /// Nobody listens any more.
    Closed,
}

impl From<ApiError> for Trouble {
    fn from(error: ApiError) -> Self {
        if error.is_gone() { Trouble::Gone } else { Trouble::Failed(error) }
    }
}

pub(super) struct Source<K: Intake> {
    context: SourceContext,
    scope: Scope,
    sink: Sink<K>,
    way: ListWay,
    /// Where to go on watching.
    resume: Option<String>,
    backoff: Backoff,
    /// When the server last said anything.
    heard: Instant,
    heard_at: Tick,
    broken_lists: u32,
    refusals: u32,
    /// Since when the source has been live.
    live: Option<Tick>,
}

impl<K: Intake> Source<K> {
    pub(super) fn new(context: SourceContext, key: SourceKey) -> Self {
        let heard = context.clock.now();
        let backoff = Backoff::new(context.patience.first_pause, context.patience.longest_pause, &key);
        Source {
            scope: key.scope.clone(),
            sink: Sink::new(key, context.deltas.clone()),
            context,
            way: ListWay::Streamed,
            resume: None,
            backoff,
            heard,
            heard_at: Tick::now(),
            broken_lists: 0,
            // A first refusal is believed.
            refusals: REFUSALS,
            live: None,
        }
    }

    /// Runs until the console goes, or the user may not list the kind here.
    pub(super) async fn run(mut self) -> Ended {
        loop {
            let outcome = match self.resume.clone() {
                Some(version) => self.watch(version).await,
                None => self.list().await,
            };
            let trouble = match outcome {
                Ok(()) => continue,
                Err(trouble) => trouble,
            };
            match self.recover(trouble).await {
                Ok(()) => {}
                Err(ended) => return ended,
            }
        }
    }

    async fn recover(&mut self, trouble: Trouble) -> Result<(), Ended> {
        let lived = self.live.take();
        let steady = lived.is_some_and(|since| since.elapsed() > STEADY);
        if steady {
            self.backoff.reset();
        }
        let error = match trouble {
            Trouble::Closed => return Err(Ended::Closed),
            Trouble::Gone => {
                self.tell(Freshness::Stale(self.heard)).await?;
                self.resume = None;
                // What is gone as soon as it is asked for would be so again at once.
                return if steady { Ok(()) } else { self.rest(None).await };
            }
            Trouble::Refused => {
                self.way = if self.way == ListWay::Streamed { ListWay::Whole } else { ListWay::Paged };
                return Ok(());
            }
            Trouble::Silent => return self.tell(Freshness::Stale(self.heard)).await,
            Trouble::Brief => {
                self.tell(Freshness::Stale(self.heard)).await?;
                return self.rest(None).await;
            }
            Trouble::Failed(error) => error,
        };
        let genuine = !matches!(&error, ApiError::Status(status) if !status.genuine);
        if error.is_forbidden() && genuine {
            self.refusals += 1;
            if self.refusals > REFUSALS {
                return Err(Ended::Forbidden(error.to_string()));
            }
        }
        if error.is_not_found() && genuine {
            let reason = format!("this cluster does not serve {}", K::KIND.resource());
            self.tell(Freshness::Off(reason)).await?;
            return self.pause(self.context.patience.off()).await;
        }
        let state = if lived.is_some() && matches!(error, ApiError::Interrupted { .. }) {
            // A broken connection says nothing of the server yet: the next attempt does.
            Freshness::Stale(self.heard)
        } else {
            Freshness::Down(self.heard, error.to_string())
        };
        self.tell(state).await?;
        // Who waits for the list to be there first need not wait for a server that is not.
        if let Some(listed) = &self.context.listed {
            listed.send_replace(true);
        }
        self.rest(error.retry_after()).await
    }

    /// Waits for longer after each trouble, and never shorter than the server asked for.
    async fn rest(&mut self, asked: Option<Duration>) -> Result<(), Ended> {
        let pause = self.backoff.next(asked);
        self.pause(pause).await
    }

    /// Waits, unless someone asks to try again at once.
    async fn pause(&mut self, pause: Duration) -> Result<(), Ended> {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            changed = self.context.refresh.changed() => if changed.is_err() { return Err(Ended::Closed) },
        }
        Ok(())
    }

    async fn tell(&mut self, freshness: Freshness) -> Result<(), Ended> {
        let sent = self.sink.send(Change::Freshness(freshness)).await;
        if sent { Ok(()) } else { Err(Ended::Closed) }
    }

    fn path(&self, query: &str) -> String {
        let namespace = match &self.scope {
            Scope::Cluster => None,
            Scope::Namespace(namespace) => Some(&**namespace),
        };
        format!("{}?{query}", K::KIND.path(namespace))
    }

    /// The server has answered: it is there, whatever comes.
    async fn heard_from(&mut self, live: bool) -> Result<(), Trouble> {
        self.hear();
        let was_live = self.live.is_some();
        if live {
            self.live.get_or_insert_with(Tick::now);
            self.refusals = 0;
        } else {
            self.live = None;
        }
        if !(live && was_live) {
            let state = if live { Freshness::Live } else { Freshness::Loading };
            if !self.sink.send(Change::Freshness(state)).await {
                return Err(Trouble::Closed);
            }
        }
        Ok(())
    }

    async fn list(&mut self) -> Result<(), Trouble> {
        let outcome = match self.way {
            ListWay::Streamed => self.list_streamed().await,
            ListWay::Whole => self.list_whole("resourceVersion=0").await.map(drop),
            ListWay::Paged => self.list_paged().await,
        };
        let broken = match &outcome {
            Err(Trouble::Failed(error)) => {
                matches!(error, ApiError::Interrupted { .. }) || error.code() >= Some(500)
            }
            Err(Trouble::Silent) => true,
            _ => false,
        };
        // A whole list that breaks off twice, or that the server can't make, is asked for in pages.
        if broken && self.way == ListWay::Whole {
            self.broken_lists += 1;
            if self.broken_lists >= 2 {
                return Err(Trouble::Refused);
            }
        }
        outcome
    }

    async fn begin_list(&mut self) -> Result<(), Trouble> {
        // Loading again, rows of before must not pass for confirmed ones, so the list begins first.
        if !self.sink.send(Change::ListBegins).await {
            return Err(Trouble::Closed);
        }
        self.heard_from(false).await
    }

    async fn end_list(&mut self, version: String) -> Result<(), Trouble> {
        if !self.sink.flush().await || !self.sink.send(Change::ListEnds).await {
            return Err(Trouble::Closed);
        }
        if let Some(listed) = &self.context.listed {
            listed.send_replace(true);
        }
        self.broken_lists = 0;
        self.resume = Some(version);
        self.heard_from(true).await
    }

    async fn list_whole(&mut self, query: &str) -> Result<ListMeta, Trouble> {
        let path = self.path(query);
        let answer = self.context.reader.stream(&path, ACCEPT).await?;
        self.begin_list().await?;
        let meta = self.take_list(answer).await?;
        self.end_list(meta.resource_version.clone()).await?;
        Ok(meta)
    }

    async fn list_paged(&mut self) -> Result<(), Trouble> {
        let mut token = String::new();
        let mut begun = false;
        loop {
            let mut query = format!("limit={PAGE}");
            if !token.is_empty() {
                query.push_str("&continue=");
                query.extend(form_encoded(&token));
            }
            let answer = self.context.reader.stream(&self.path(&query), ACCEPT).await?;
            if !std::mem::replace(&mut begun, true) {
                self.begin_list().await?;
            }
            let meta = self.take_list(answer).await?;
            if meta.continue_token.is_empty() {
                return self.end_list(meta.resource_version).await;
            }
            token = meta.continue_token;
        }
    }

    /// Takes one list in as its bytes arrive.
    async fn take_list(&mut self, mut answer: StreamingAnswer) -> Result<ListMeta, Trouble> {
        let encoding = self.encoding(&answer.content_type)?;
        let mut decoder = ListDecoder::new(encoding);
        while let Some(bytes) = self.next_bytes(&mut answer, self.context.patience.list).await? {
            let sink = &mut self.sink;
            let taken =
                decoder.push(&bytes, &mut |Piece::Item(object)| take_object::<K>(sink, encoding, object));
            self.check(taken)?;
            if self.sink.due() && !self.sink.flush().await {
                return Err(Trouble::Closed);
            }
        }
        decoder.finish().map_err(|error| self.wire_trouble(error))
    }

    async fn list_streamed(&mut self) -> Result<(), Trouble> {
        let query = format!(
            "watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds={WATCH_SECONDS}"
        );
        let answer = match self.context.reader.stream(&self.path(&query), ACCEPT_WATCH).await {
            Ok(answer) => answer,
            // The gate is off, or the server knows no such parameter.
            Err(error) if matches!(error.code(), Some(400 | 422)) => return Err(Trouble::Refused),
            Err(error) => return Err(error.into()),
        };
        self.begin_list().await?;
        match self.take_events(answer, true).await {
            // A list that ended before its end marker says that the server can't stream it.
            Err(Trouble::Failed(ApiError::Status(_))) if self.resume.is_none() => Err(Trouble::Refused),
            Ok(()) if self.resume.is_none() => Err(Trouble::Refused),
            outcome => outcome,
        }
    }

    async fn watch(&mut self, version: String) -> Result<(), Trouble> {
        let query = format!(
            "watch=true&resourceVersion={version}&allowWatchBookmarks=true&timeoutSeconds={WATCH_SECONDS}"
        );
        let answer = self.context.reader.stream(&self.path(&query), ACCEPT_WATCH).await?;
        self.heard_from(true).await?;
        let began = Tick::now();
        match self.take_events(answer, false).await {
            // A server that ends watches at once would be asked without end.
            Ok(()) if began.elapsed() < Duration::from_secs(1) => Err(Trouble::Brief),
            outcome => outcome,
        }
    }

    /// Takes events in until the watch ends. With `listing`, the events up to the first bookmark are the list.
    async fn take_events(&mut self, mut answer: StreamingAnswer, mut listing: bool) -> Result<(), Trouble> {
        let encoding = self.encoding(&answer.content_type)?;
        let mut decoder = WatchDecoder::new(encoding);
        loop {
            let patience = if listing { self.context.patience.list } else { self.context.patience.watch };
            let Some(bytes) = self.next_bytes(&mut answer, patience).await? else { return Ok(()) };
            let mut position = Position::default();
            let sink = &mut self.sink;
            let taken =
                decoder.push(&bytes, &mut |event| take_event::<K>(sink, encoding, event, &mut position));
            self.check(taken)?;
            if let Some(object) = position.error {
                let error = ApiError::from_event(self.context.reader.server(), &object);
                self.sink.flush().await;
                return Err(error.into());
            }
            if let Some(version) = position.version {
                if listing && position.bookmark {
                    listing = false;
                    self.end_list(version).await?;
                } else if !listing {
                    self.resume = Some(version);
                }
            }
            if self.sink.due() && !self.sink.flush().await {
                return Err(Trouble::Closed);
            }
        }
    }

    /// The next bytes, none at the end; rows that wait are sent when their time has come.
    async fn next_bytes(
        &mut self,
        answer: &mut StreamingAnswer,
        patience: Duration,
    ) -> Result<Option<bytes::Bytes>, Trouble> {
        let give_up = Tick::now() + patience;
        let chunk = match answer.body.next().now_or_never() {
            Some(chunk) => chunk,
            None => loop {
                let deadline = self.sink.deadline().unwrap_or(give_up).min(give_up);
                let silent = tokio::select! {
                    chunk = answer.body.next() => break chunk,
                    () = sleep_until(deadline) => Tick::now() >= give_up,
                    lost = self.context.lost.changed() => lost.is_ok() && self.unheard(),
                };
                if !self.sink.flush().await {
                    return Err(Trouble::Closed);
                }
                if silent {
                    return Err(Trouble::Silent);
                }
            },
        };
        match chunk {
            Some(Ok(bytes)) => {
                self.hear();
                Ok(Some(bytes))
            }
            Some(Err(error)) => {
                self.sink.flush().await;
                Err(error.into())
            }
            None => {
                self.sink.flush().await;
                Ok(None)
            }
        }
    }

    /// Whether nothing has come for as long as the server has given no sign of life.
    fn unheard(&self) -> bool {
        self.heard_at.elapsed() >= self.context.patience.answer
    }

    /// The server has just said something.
    fn hear(&mut self) {
        self.heard = self.context.clock.now();
        self.heard_at = Tick::now();
    }

    fn encoding(&self, content_type: &ContentType) -> Result<Encoding, Trouble> {
        match content_type {
            ContentType::Protobuf | ContentType::ProtobufStream => Ok(Encoding::Protobuf),
            ContentType::Json => Ok(Encoding::Json),
            ContentType::Other(other) => Err(Trouble::Failed(ApiError::Garbage {
                server: self.context.reader.server().to_owned(),
                what: format!("{} as `{other}`", K::KIND.resource()),
            })),
        }
    }

    fn check(&self, taken: Result<(), WireError>) -> Result<(), Trouble> {
        taken.map_err(|error| self.wire_trouble(error))
    }

    fn wire_trouble(&self, error: WireError) -> Trouble {
        let server = self.context.reader.server().to_owned();
        Trouble::Failed(match error {
            WireError::Truncated => ApiError::Interrupted { server, cause: error.to_string() },
            other => ApiError::Garbage { server, what: other.to_string() },
        })
    }
}

/// A token in a query: everything but letters, digits and `-._~` percent-encoded.
fn form_encoded(token: &str) -> impl Iterator<Item = char> + '_ {
    token.bytes().flat_map(|byte| {
        let plain = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let encoded = if plain { String::from(char::from(byte)) } else { format!("%{byte:02X}") };
        encoded.chars().collect::<Vec<_>>()
    })
}
