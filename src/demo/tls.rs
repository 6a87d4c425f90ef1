//! TLS of the embedded platform: an authority and a server certificate made at its start, and the listener that speaks it.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use thiserror::Error;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Names under which the server may be asked for, beside its address.
const NAMES: [&str; 5] = [
    "localhost",
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
];

/// How long a client may take for its handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// How many connections may wait to be served.
const WAITING: usize = 64;

/// What every record of a TLS handshake begins with.
const HANDSHAKE_RECORD: u8 = 0x16;

/// The answer of a real server to a client that doesn't speak TLS.
const PLAIN_ANSWER: &[u8] =
    b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";

/// The certificates could not be made.
#[derive(Debug, Error)]
pub enum TlsError {
    /// A certificate can't be written or signed.
    #[error("certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The certificate or its key isn't taken for serving.
    #[error("TLS: {0}")]
    Tls(#[from] rustls::Error),
}

/// The server's certificate with its key, and the authority that vouches for it.
#[derive(Debug)]
pub struct Identity {
    /// The authority's certificate, in PEM.
    pub authority: String,
    /// What the server shows and holds.
    pub config: Arc<ServerConfig>,
}

impl Identity {
    /// Makes an authority, which is forgotten afterwards, and a certificate for the loopback address.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn make() -> Result<Identity, TlsError> {
        let authority_key = KeyPair::generate()?;
        let mut authority = parameters("quarterdeck-demo-ca", Vec::new())?;
        authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        let authority_certificate = authority.self_signed(&authority_key)?;
        let issuer = Issuer::new(authority, authority_key);

        let key = KeyPair::generate()?;
        let mut names: Vec<String> = NAMES.iter().map(|name| (*name).to_owned()).collect();
        names.push(Ipv4Addr::LOCALHOST.to_string());
        let mut server = parameters("kube-apiserver", names)?;
        server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        server.use_authority_key_identifier_extension = true;
        let certificate = server.signed_by(&key, &issuer)?;

        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], private)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Identity { authority: authority_certificate.pem(), config: Arc::new(config) })
    }
}

/// What both certificates have in common.
fn parameters(name: &str, alternatives: Vec<String>) -> Result<CertificateParams, TlsError> {
    let mut parameters = CertificateParams::new(alternatives)?;
    parameters.distinguished_name.push(DnType::CommonName, name);
    // Clients go by the machine's time, whatever the platform's own clock says; the key dies with the process.
    parameters.not_before = date_time_ymd(2020, 1, 1);
    parameters.not_after = date_time_ymd(2120, 1, 1);
    Ok(parameters)
}

/// A listener whose connections have their handshake behind them.
#[derive(Debug)]
pub struct TlsListener {
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    address: SocketAddr,
}

impl TlsListener {
    /// Begins to take connections. Has to be called on a runtime.
    ///
    /// # Errors
    /// When the listener has no address any more.
    pub fn new(listener: TcpListener, config: Arc<ServerConfig>) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let (sender, ready) = mpsc::channel(WAITING);
        tokio::spawn(take(listener, TlsAcceptor::from(config), sender));
        Ok(TlsListener { ready, address })
    }
}

impl axum::serve::Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.address)
    }
}

/// Takes connections until nobody wants them any more; each has its handshake by itself, so that none holds up another.
async fn take(
    mut listener: TcpListener,
    acceptor: TlsAcceptor,
    ready: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
) {
    while !ready.is_closed() {
        // axum's own way to accept waits where the process has too many files open.
        let (stream, address) = axum::serve::Listener::accept(&mut listener).await;
        let (acceptor, ready) = (acceptor.clone(), ready.clone());
        tokio::spawn(async move {
            match tokio::time::timeout(HANDSHAKE, shake_hands(stream, &acceptor)).await {
                // The server has been stopped meanwhile where nobody takes it.
                Ok(Ok(Some(stream))) => drop(ready.send((stream, address)).await),
                Ok(Ok(None)) => {}
                Ok(Err(error)) => {
                    tracing::debug!(%error, "a client's handshake with the embedded platform failed")
                }
                Err(_) => {
                    tracing::debug!("a client of the embedded platform took too long for its handshake")
                }
            }
        });
    }
}

/// Makes a TLS stream of a connection; `None` where the client speaks plain HTTP, which is told off.
async fn shake_hands(
    mut stream: TcpStream,
    acceptor: &TlsAcceptor,
) -> io::Result<Option<TlsStream<TcpStream>>> {
    // Small frames of a watch go out at once; where that can't be set they go out a little later.
    let _ = stream.set_nodelay(true);
    let mut first = [0; 1];
    if stream.peek(&mut first).await? == 1 && first != [HANDSHAKE_RECORD] {
        // What has been sent is read first: a connection that is closed on unread bytes loses the answer.
        let mut request = [0; 4096];
        let _ = stream.read(&mut request).await?;
        stream.write_all(PLAIN_ANSWER).await?;
        stream.shutdown().await?;
        return Ok(None);
    }
    acceptor.accept(stream).await.map(Some)
}
