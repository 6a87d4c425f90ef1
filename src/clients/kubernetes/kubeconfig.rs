//! Finding kubeconfig files, merging them as kubectl does, and choosing the context.

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kube::config::{AuthInfo, Cluster, Kubeconfig, KubeconfigError};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::connection::{ConnectionOptions, Environment};
use super::connection_error::ConnectionError;
use super::credentials::Source;
use super::plugin::Plugin;
use super::proxy;
use super::text::{nearest, presentable};

/// What a context leads to.
pub(super) struct Target {
    /// The context's name.
    pub context: String,
    /// Every context that there is.
    pub contexts: Vec<String>,
    /// The namespace that the context names.
    pub namespace: Option<String>,
    /// How to reach the server; without the credential that [`Source`] gives.
    pub config: kube::Config,
    /// Where the credential comes from.
    pub source: Source,
}

/// Finds the context that the options mean.
pub(super) fn locate(options: &ConnectionOptions) -> Result<Target, ConnectionError> {
    match read_files(options)? {
        Some(kubeconfig) => choose(kubeconfig, options),
        None => in_cluster(),
    }
}

/// The merged kubeconfig; `None` where there is no file and the process runs in a pod.
fn read_files(options: &ConnectionOptions) -> Result<Option<Kubeconfig>, ConnectionError> {
    // A file that was named on the command line has to be there; the others may be missing, as with kubectl.
    if let Some(path) = &options.kubeconfig {
        return read_file(path).map(Some);
    }
    let searched = candidates(&options.environment);
    let mut merged: Option<Kubeconfig> = None;
    for path in searched.iter().filter(|path| path.exists()) {
        let next = read_file(path)?;
        merged = Some(match merged {
            None => next,
            Some(first) => first.merge(next).map_err(|error| malformed(path, &error))?,
        });
    }
    match merged {
        None if options.environment.in_cluster => Ok(None),
        None => Err(ConnectionError::NoKubeconfig { searched }),
        found => Ok(found),
    }
}

fn candidates(environment: &Environment) -> Vec<PathBuf> {
    if let Some(variable) = &environment.kubeconfig {
        let listed: Vec<PathBuf> =
            std::env::split_paths(variable).filter(|path| !path.as_os_str().is_empty()).collect();
        if !listed.is_empty() {
            return listed;
        }
    }
    environment.home.iter().map(|home| home.join(".kube").join("config")).collect()
}

fn read_file(path: &Path) -> Result<Kubeconfig, ConnectionError> {
    Kubeconfig::read_from(path).map_err(|error| match error {
        KubeconfigError::ReadConfig(cause, path) => {
            ConnectionError::Unreadable { path, cause: presentable(&cause.to_string()) }
        }
        other => malformed(path, &other),
    })
}

fn malformed(path: &Path, error: &KubeconfigError) -> ConnectionError {
    // The parser quotes the lines around a mistake, and those may hold a credential: its first line says enough.
    let words = error.to_string();
    let cause = presentable(words.lines().next().unwrap_or_default());
    ConnectionError::Malformed { path: path.to_owned(), cause }
}

fn choose(kubeconfig: Kubeconfig, options: &ConnectionOptions) -> Result<Target, ConnectionError> {
    let available: Vec<String> = kubeconfig.contexts.iter().map(|context| context.name.clone()).collect();
    let name = options.context.clone().or(kubeconfig.current_context.filter(|name| !name.is_empty()));
    let Some(name) = name else { return Err(ConnectionError::NoCurrentContext { available }) };
    let found = kubeconfig.contexts.into_iter().find(|context| context.name == name);
    let Some(context) = found.and_then(|found| found.context) else {
        let nearest = nearest(&name, available.iter().map(String::as_str)).into_iter().map(str::to_owned);
        return Err(ConnectionError::UnknownContext { nearest: nearest.collect(), name, available });
    };
    let cluster = kubeconfig.clusters.into_iter().find(|cluster| cluster.name == context.cluster);
    let Some(cluster) = cluster.and_then(|found| found.cluster) else {
        return Err(ConnectionError::UnknownCluster { context: name, cluster: context.cluster });
    };
    // As client-go: a user that isn't described is a user without credentials.
    let user = context
        .user
        .and_then(|user| kubeconfig.auth_infos.into_iter().find(|entry| entry.name == user))
        .and_then(|entry| entry.auth_info)
        .unwrap_or_default();

    let unusable = |cause: String| ConnectionError::Unusable { context: name.clone(), cause };
    let mut config = describe(&cluster, &options.environment).map_err(unusable)?;
    let (source, rest) = credential_source(user, &cluster).map_err(unusable)?;
    config.auth_info = rest;
    let namespace = context.namespace.filter(|namespace| !namespace.is_empty());
    Ok(Target { context: name, contexts: available, namespace, config, source })
}

/// How the cluster's server is reached.
fn describe(cluster: &Cluster, environment: &Environment) -> Result<kube::Config, String> {
    let server = cluster.server.as_deref().unwrap_or_default().trim();
    if server.is_empty() {
        return Err("its cluster has no server".to_owned());
    }
    let authority = authority(cluster)?;
    let accept_any = cluster.insecure_skip_tls_verify.unwrap_or(false);
    // As client-go: an address without a scheme is https where anything is said about TLS.
    let scheme = if authority.is_some() || accept_any { "https" } else { "http" };
    let server = if server.contains("://") { server.to_owned() } else { format!("{scheme}://{server}") };
    let url: http::Uri = server.parse().map_err(|error| {
        format!("the server `{}` is no address ({error})", presentable(&without_user(&server)))
    })?;
    if !matches!(url.scheme_str(), Some("http" | "https")) || url.host().is_none() {
        return Err(format!(
            "the server `{}` is no http or https address",
            presentable(&without_user(&server))
        ));
    }
    let mut config = kube::Config::new(url);
    config.proxy_url = proxy::choose(&config.cluster_url, cluster.proxy_url.as_deref(), environment)?;
    config.accept_invalid_certs = accept_any;
    config.tls_server_name = cluster.tls_server_name.clone().filter(|name| !name.is_empty());
    config.root_cert = authority;
    Ok(config)
}

/// The certificates of the cluster's own authority.
fn authority(cluster: &Cluster) -> Result<Option<Vec<Vec<u8>>>, String> {
    let inline = cluster.certificate_authority_data.as_deref().filter(|data| !data.is_empty());
    let file = cluster.certificate_authority.as_deref().filter(|path| !path.is_empty());
    let pem = match (inline, file) {
        (Some(data), _) => STANDARD
            .decode(data.trim())
            .map_err(|error| format!("its certificate-authority-data is no base64 ({error})"))?,
        (None, Some(path)) => std::fs::read(path)
            .map_err(|error| format!("its certificate authority {path} can't be read ({error})"))?,
        (None, None) => return Ok(None),
    };
    let mut certificates = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate =
            certificate.map_err(|error| format!("its certificate authority is no PEM ({error:?})"))?;
        certificates.push(certificate.to_vec());
    }
    if certificates.is_empty() {
        return Err("its certificate authority holds no certificate".to_owned());
    }
    Ok(Some(certificates))
}

/// Splits what the console renews by itself from what kube's client knows how to present.
fn credential_source(mut user: AuthInfo, cluster: &Cluster) -> Result<(Source, AuthInfo), String> {
    let plugin = user.exec.take();
    let token = user.token.take();
    let token_file = user.token_file.take().filter(|path| !path.is_empty());
    let basic = user.username.is_some() && user.password.is_some();
    if user.auth_provider.is_some() || basic {
        return Ok((Source::Fixed(None), user));
    }
    if token.is_some() {
        return Ok((Source::Fixed(token), user));
    }
    if let Some(path) = token_file {
        return Ok((Source::TokenFile(PathBuf::from(path)), user));
    }
    match plugin {
        Some(plugin) => Ok((Source::Plugin(Box::new(Plugin::new(plugin, cluster)?)), user)),
        None => Ok((Source::Fixed(None), user)),
    }
}

/// The service account of the pod that the console runs in.
fn in_cluster() -> Result<Target, ConnectionError> {
    let context = "in-cluster".to_owned();
    let mut config = kube::Config::incluster().map_err(|error| ConnectionError::Unusable {
        context: context.clone(),
        cause: presentable(&error.to_string()),
    })?;
    let source = match config.auth_info.token_file.take() {
        Some(path) => Source::TokenFile(PathBuf::from(path)),
        None => Source::Fixed(None),
    };
    let namespace = Some(config.default_namespace.trim().to_owned()).filter(|name| !name.is_empty());
    Ok(Target { contexts: vec![context.clone()], context, namespace, config, source })
}

/// An address without the user and password in it.
pub(super) fn without_user(address: &str) -> String {
    match (address.find("://"), address.rfind('@')) {
        (Some(scheme), Some(at)) if at > scheme => {
            format!("{}{}", &address[..scheme + 3], &address[at + 1..])
        }
        _ => address.to_owned(),
    }
}
