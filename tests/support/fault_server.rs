//! A server on loopback that answers by script: well, badly, late, half, or not at all.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{JoinHandle, JoinSet};

/// A request, as it came.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    /// Path and query.
    pub target: String,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    /// The value of a header, whose name is in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// What the server does with a request.
pub enum Scripted {
    /// A proper answer.
    Answer { status: u16, headers: Vec<(&'static str, String)>, body: Vec<u8> },
    /// These bytes, and the end of the connection.
    Raw(Vec<u8>),
    /// The end of the connection, without a byte.
    HangUp,
    /// Nothing, for ever.
    Silence,
    /// These bytes, and then nothing, for ever.
    RawThenSilence(Vec<u8>),
    /// A chunked body that the test feeds; see [`streaming`].
    Stream { content_type: &'static str, chunks: mpsc::UnboundedReceiver<Chunk> },
    /// Another answer, once the test lets it go; see [`gated`].
    Gated(oneshot::Receiver<()>, Box<Scripted>),
}

/// A part of a streamed body.
pub enum Chunk {
    Bytes(Bytes),
    /// The connection ends before the body does.
    Cut,
}

/// The test's end of a streamed body. Dropping it ends the body properly.
pub struct Feed(mpsc::UnboundedSender<Chunk>);

impl Feed {
    pub fn send(&self, bytes: impl Into<Bytes>) {
        let _ = self.0.send(Chunk::Bytes(bytes.into()));
    }

    pub fn cut(self) {
        let _ = self.0.send(Chunk::Cut);
    }
}

/// A JSON answer of 200.
pub fn json(body: &str) -> Scripted {
    answer(200, "application/json", body)
}

/// An answer.
pub fn answer(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Scripted {
    Scripted::Answer { status, headers: vec![("Content-Type", content_type.to_owned())], body: body.into() }
}

/// A Status as JSON.
pub fn status(code: u16, reason: &str, message: &str) -> Scripted {
    answer(code, "application/json", status_json(code, reason, message))
}

/// A Status as a JSON text.
pub fn status_json(code: u16, reason: &str, message: &str) -> String {
    serde_json::json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": message, "reason": reason, "details": { "name": "web-1", "kind": "pods" }, "code": code,
    })
    .to_string()
}

/// A Status as protobuf, in its envelope.
pub fn status_protobuf(code: u16, reason: &str, message: &str) -> Vec<u8> {
    let details =
        [field(1, b"web-1"), field(3, b"pods"), field(4, &field(1, b"FieldValueForbidden"))].concat();
    let mut status =
        [field(2, b"Failure"), field(3, message.as_bytes()), field(4, reason.as_bytes())].concat();
    status.extend(field(5, &details));
    status.push(6 << 3);
    status.extend(varint(u64::from(code)));
    let meta = [field(1, b"v1"), field(2, b"Status")].concat();
    [b"k8s\0".to_vec(), field(1, &meta), field(2, &status), field(3, b""), field(4, b"")].concat()
}

fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    [vec![number << 3 | 2], varint(bytes.len() as u64), bytes.to_vec()].concat()
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

/// A body that the test feeds bit by bit.
pub fn streaming(content_type: &'static str) -> (Scripted, Feed) {
    let (sender, chunks) = mpsc::unbounded_channel();
    (Scripted::Stream { content_type, chunks }, Feed(sender))
}

/// An answer that waits for the test to send on the gate.
pub fn gated(answer: Scripted) -> (Scripted, oneshot::Sender<()>) {
    let (sender, gate) = oneshot::channel();
    (Scripted::Gated(gate, Box::new(answer)), sender)
}

/// The address of a server that refuses connections.
pub async fn refusing() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

type Rule = Box<dyn FnMut(&Request) -> Option<Scripted> + Send>;

/// The server. It ends, with all its connections, when it is dropped.
pub struct FaultServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

struct Shared {
    rules: Mutex<Vec<Rule>>,
    requests: watch::Sender<Vec<Request>>,
}

impl FaultServer {
    /// A server that answers 404 to everything until it is told more.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared { rules: Mutex::default(), requests: watch::Sender::default() });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&shared)));
        FaultServer { address, shared, accepting }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Answers the next request whose target starts so.
    pub fn once(&self, target: &'static str, answer: Scripted) {
        let mut answer = Some(answer);
        self.rule(move |request| request.target.starts_with(target).then(|| answer.take()).flatten());
    }

    /// Answers every request for which the rule has an answer; rules are asked in the order in which they were added.
    pub fn rule(&self, rule: impl FnMut(&Request) -> Option<Scripted> + Send + 'static) {
        self.shared.rules.lock().unwrap().push(Box::new(rule));
    }

    /// The requests that came so far.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.requests.borrow().clone()
    }

    /// Waits until so many requests have come.
    pub async fn received(&self, count: usize) {
        let mut requests = self.shared.requests.subscribe();
        requests.wait_for(|requests| requests.len() >= count).await.unwrap();
    }

    /// How many requests have come whose target starts so.
    pub fn asked(&self, target: &str) -> usize {
        self.shared.requests.borrow().iter().filter(|request| request.target.starts_with(target)).count()
    }

    /// Waits until so many requests have come whose target starts so.
    pub async fn asked_for(&self, target: &str, count: usize) {
        let mut requests = self.shared.requests.subscribe();
        let fits = |request: &&Request| request.target.starts_with(target);
        requests.wait_for(|requests| requests.iter().filter(fits).count() >= count).await.unwrap();
    }
}

impl Drop for FaultServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        connections.spawn(async move { while_open(stream, shared).await });
    }
}

/// Answers the requests of one connection, one after the other, until one ends it.
async fn while_open(mut stream: TcpStream, shared: Arc<Shared>) -> std::io::Result<()> {
    while let Some(request) = read_request(&mut stream).await? {
        let scripted = {
            let mut rules = shared.rules.lock().unwrap();
            rules.iter_mut().find_map(|rule| rule(&request))
        };
        shared.requests.send_modify(|requests| requests.push(request));
        let mut scripted =
            scripted.unwrap_or_else(|| status(404, "NotFound", "nothing is scripted for that"));
        while let Scripted::Gated(gate, answer) = scripted {
            let _ = gate.await;
            scripted = *answer;
        }
        match scripted {
            Scripted::Answer { status, headers, body } => {
                let mut head = format!("HTTP/1.1 {status} Scripted\r\nContent-Length: {}\r\n", body.len());
                for (name, value) in headers {
                    head.push_str(&format!("{name}: {value}\r\n"));
                }
                head.push_str("\r\n");
                stream.write_all(head.as_bytes()).await?;
                stream.write_all(&body).await?;
            }
            Scripted::Raw(bytes) => {
                stream.write_all(&bytes).await?;
                return stream.shutdown().await;
            }
            Scripted::HangUp => return Ok(()),
            Scripted::Silence => std::future::pending().await,
            Scripted::RawThenSilence(bytes) => {
                stream.write_all(&bytes).await?;
                std::future::pending().await
            }
            Scripted::Stream { content_type, chunks } => {
                if !stream_chunks(&mut stream, content_type, chunks).await? {
                    return Ok(());
                }
            }
            Scripted::Gated(..) => {}
        }
    }
    Ok(())
}

/// Writes what the test feeds; false when the connection is to be cut.
async fn stream_chunks(
    stream: &mut TcpStream,
    content_type: &str,
    mut chunks: mpsc::UnboundedReceiver<Chunk>,
) -> std::io::Result<bool> {
    let head =
        format!("HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nTransfer-Encoding: chunked\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    while let Some(chunk) = chunks.recv().await {
        let Chunk::Bytes(bytes) = chunk else { return Ok(false) };
        stream.write_all(format!("{:x}\r\n", bytes.len()).as_bytes()).await?;
        stream.write_all(&bytes).await?;
        stream.write_all(b"\r\n").await?;
    }
    stream.write_all(b"0\r\n\r\n").await?;
    Ok(true)
}

async fn read_request(stream: &mut TcpStream) -> std::io::Result<Option<Request>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return Ok(None),
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let mut lines = head.lines();
    let mut first = lines.next().unwrap_or_default().split(' ').map(str::to_owned);
    let (method, target) = (first.next().unwrap_or_default(), first.next().unwrap_or_default());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let mut request = Request { method, target, headers, body: Vec::new() };
    let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    request.body.resize(length, 0);
    stream.read_exact(&mut request.body).await?;
    Ok(Some(request))
}
