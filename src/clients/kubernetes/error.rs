//! What can go wrong between the console and an API server.

use std::error::Error;
use std::io;
use std::time::Duration;

use super::status::Status;
use super::text::presentable;

/// Why a request has no answer. Every text in it is fit for the screen, and holds no credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// The server answered with another code than success.
    #[error("{0}")]
    Status(Box<Status>),
    /// The server doesn't accept the credential, nor a renewed one where it could be renewed.
    #[error("{server} does not accept the credential: {message}")]
    Unauthorized {
        /// The server's URL.
        server: String,
        /// In the server's words.
        message: String,
    },
    /// There is no way to the server; it has not seen the request.
    #[error("{server} is not reachable: {cause}")]
    Unreachable {
        /// The server's URL.
        server: String,
        /// Why.
        cause: String,
    },
    /// The server's certificate can't be trusted, or it doesn't speak TLS.
    #[error("{server} can't be trusted: {cause}")]
    Untrusted {
        /// The server's URL.
        server: String,
        /// Why.
        cause: String,
    },
    /// The server took the request, and didn't answer in time.
    #[error("{server} did not answer within {} s", limit.as_secs_f32())]
    TimedOut {
        /// The server's URL.
        server: String,
        /// How long it was given.
        limit: Duration,
    },
    /// The answer broke off.
    #[error("the answer of {server} broke off: {cause}")]
    Interrupted {
        /// The server's URL.
        server: String,
        /// Why.
        cause: String,
    },
    /// The answer isn't what was asked for.
    #[error("{server} answered what can't be understood: {what}")]
    Garbage {
        /// The server's URL.
        server: String,
        /// What it was instead.
        what: String,
    },
    /// There is no credential to send.
    #[error("no credential for {server}: {cause}")]
    Credential {
        /// The server's URL.
        server: String,
        /// Why.
        cause: String,
        /// Whether a person can help, by signing in (see [`super::SignIn`]).
        sign_in: bool,
    },
    /// The request was not sent, because it may not be, or can't be written down.
    #[error("not sent: {0}")]
    Refused(String),
}

impl ApiError {
    /// The error for the object of a watch's ERROR event, as JSON or protobuf.
    pub fn from_event(server: &str, object: &[u8]) -> ApiError {
        match Status::from_object(server, object) {
            Some(status) => ApiError::Status(Box::new(status)),
            None => ApiError::Garbage {
                server: server.to_owned(),
                what: "an error of a watch that says nothing".to_owned(),
            },
        }
    }

    /// The HTTP status code, where the server gave one.
    pub fn code(&self) -> Option<u16> {
        match self {
            ApiError::Status(status) => Some(status.code),
            ApiError::Unauthorized { .. } => Some(401),
            _ => None,
        }
    }

    /// After how long the server wants to be asked again.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            ApiError::Status(status) => status.retry_after,
            _ => None,
        }
    }

    /// 410: the resource version, or the page token, is too old.
    pub fn is_gone(&self) -> bool {
        self.code() == Some(410)
    }

    /// 403: this user may not.
    pub fn is_forbidden(&self) -> bool {
        self.code() == Some(403)
    }

    /// 404: there is no such object, or the group isn't served.
    pub fn is_not_found(&self) -> bool {
        self.code() == Some(404)
    }

    /// 401: the credential isn't accepted.
    pub fn is_unauthorized(&self) -> bool {
        self.code() == Some(401)
    }

    /// Whether the server may have done what it was asked, although there is no answer.
    pub fn outcome_unknown(&self) -> bool {
        match self {
            ApiError::TimedOut { .. } | ApiError::Interrupted { .. } | ApiError::Garbage { .. } => true,
            // A server may fail after it has written, and a load balancer doesn't know.
            ApiError::Status(status) => status.code >= 500,
            _ => false,
        }
    }

    /// What the person can do about it.
    pub fn advice(&self) -> &str {
        match self {
            ApiError::Status(status) => match status.code {
                403 if status.genuine => {
                    "ask whoever gives out permissions on this cluster for the role that it takes"
                }
                404 => "it is not there any more, or this cluster does not serve it",
                409 => "someone changed it meanwhile: look at it again, and decide again",
                410 => "the list is read again by itself",
                422 => "the server refuses the values: change them",
                429 => "the server is busy and said when to come back: wait",
                _ if !status.genuine => "look at the load balancer or proxy in front of the API server",
                500.. => "the server is in trouble itself: look at the control plane, and wait",
                _ => "the server's words say what it wants",
            },
            ApiError::Unauthorized { .. } => "sign in again, or renew the credential in the kubeconfig",
            ApiError::Unreachable { .. } => {
                "check the network, the VPN, the proxy, and the address in the kubeconfig"
            }
            ApiError::Untrusted { .. } => {
                "check certificate-authority, tls-server-name and the address (https or http) of this cluster in the kubeconfig"
            }
            ApiError::TimedOut { .. } => "the server is slow or hangs: wait, or look at the control plane",
            ApiError::Interrupted { .. } => {
                "the connection is bad, or the server was restarted: it is tried again"
            }
            ApiError::Garbage { .. } => "check that the address in the kubeconfig is that of an API server",
            ApiError::Credential { sign_in: true, .. } => {
                "sign in: the console hands the terminal to the plugin"
            }
            ApiError::Credential { .. } => "correct the user's entry in the kubeconfig",
            ApiError::Refused(_) => "nothing was changed",
        }
    }

    /// The error for a request whose answer's head never came.
    pub(super) fn from_send(server: &str, error: &kube::Error) -> ApiError {
        let server = server.to_owned();
        if let Some(error) = find::<rustls::Error>(error) {
            return from_tls(server, error);
        }
        if let Some(error) = find::<kube::client::AuthError>(error) {
            return ApiError::Credential { server, cause: auth_failure(error), sign_in: false };
        }
        let connecting = chain(error).any(|cause| cause.to_string() == "client error (Connect)");
        if connecting {
            return ApiError::Unreachable { server, cause: connect_failure(error) };
        }
        if find::<hyper::Error>(error).is_some_and(hyper::Error::is_parse) {
            let what = format!("no HTTP ({})", presentable(&root(error).to_string()));
            return ApiError::Garbage { server, what };
        }
        ApiError::Interrupted { server, cause: presentable(&root(error).to_string()) }
    }

    /// The error for a body that broke off.
    pub(super) fn from_body(server: &str, error: &kube::Error) -> ApiError {
        ApiError::Interrupted { server: server.to_owned(), cause: presentable(&root(error).to_string()) }
    }

    /// The error for a client that can't be made: a certificate, a key or a token that can't be read.
    pub(super) fn from_setup(server: &str, error: &kube::Error) -> ApiError {
        let cause = match find::<kube::client::AuthError>(error) {
            Some(error) => auth_failure(error),
            None => presentable(&error.to_string()),
        };
        ApiError::Credential { server: server.to_owned(), cause, sign_in: false }
    }
}

fn from_tls(server: String, error: &rustls::Error) -> ApiError {
    let cause = match error {
        rustls::Error::InvalidCertificate(reason) => {
            format!("its certificate is not accepted ({})", presentable(&reason.to_string()))
        }
        rustls::Error::AlertReceived(alert) => {
            let cause = format!("the server ended the TLS handshake ({alert:?})");
            return ApiError::Credential { server, cause, sign_in: false };
        }
        rustls::Error::InvalidMessage(_) => "it does not speak TLS there".to_owned(),
        other => presentable(&other.to_string()),
    };
    ApiError::Untrusted { server, cause }
}

/// The failure of an authentication provider, without what a command printed: that may be a credential.
fn auth_failure(error: &kube::client::AuthError) -> String {
    match error {
        kube::client::AuthError::AuthExecRun { cmd: _, out } => {
            let said = presentable(&String::from_utf8_lossy(&out.stderr));
            format!("the command of the authentication provider failed ({}): {said}", out.status)
        }
        other => presentable(&other.to_string()),
    }
}

fn connect_failure(error: &kube::Error) -> String {
    match find::<io::Error>(error).map(io::Error::kind) {
        Some(io::ErrorKind::TimedOut) => "no connection in time".to_owned(),
        Some(io::ErrorKind::ConnectionRefused) => "connection refused".to_owned(),
        _ => presentable(&root(error).to_string()),
    }
}

/// An error and what caused it, down to the root; what an `io::Error` wraps counts.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn Error + 'static)| {
        let error: &'a (dyn Error + 'static) = *error;
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner as &(dyn Error + 'static)),
            None => error.source(),
        }
    })
}

fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    chain(error).find_map(|cause| cause.downcast_ref::<T>())
}

fn root<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    chain(error).last().unwrap_or(error)
}
