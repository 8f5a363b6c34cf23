//! Where the load goes.

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

/// Whether load may leave this machine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// It must not: to put load on somebody's server by a slip of the finger is no accident to have.
    Loopback,
    /// It may.
    Anywhere,
}

/// The address of an HTTP API.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ApiAddress {
    /// Where to connect to.
    pub address: SocketAddr,
    /// The host and the port as they are in the URL, for the `Host` header.
    pub authority: String,
}

impl ApiAddress {
    /// Reads a URL such as `http://127.0.0.1:8080`, and looks up its host.
    ///
    /// # Errors
    /// It is no such URL, its host is not known, or it is out of reach.
    pub fn parse(url: &str, reach: Reach) -> Result<Self> {
        let authority = authority(url, "http://")?;
        let with_port = if has_port(authority) {
            authority.to_owned()
        } else {
            format!("{authority}:80")
        };
        let address = resolve(&with_port, reach).with_context(|| format!("--url {url}"))?;
        Ok(Self {
            address,
            authority: authority.to_owned(),
        })
    }
}

/// Checks that a server's URL, such as `nats://127.0.0.1:4222`, is within reach.
///
/// # Errors
/// It is not, or it is no URL of this scheme.
pub fn check_reach(url: &str, scheme: &str, default_port: u16, reach: Reach) -> Result<()> {
    for url in url.split(',') {
        let authority = authority(url.trim(), scheme)?;
        let host = authority.rsplit('@').next().unwrap_or(authority);
        let with_port = if has_port(host) {
            host.to_owned()
        } else {
            format!("{host}:{default_port}")
        };
        resolve(&with_port, reach).with_context(|| format!("{scheme}{host}"))?;
    }
    Ok(())
}

fn authority<'a>(url: &'a str, scheme: &str) -> Result<&'a str> {
    let rest = url.strip_prefix(scheme);
    let rest = rest.with_context(|| format!("a URL must begin with {scheme}, unlike {url:?}"))?;
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    ensure!(!authority.is_empty(), "{url:?} names no host");
    Ok(authority)
}

fn has_port(host: &str) -> bool {
    // The colons of an IPv6 address stand before its bracket.
    host.rsplit(']').next().unwrap_or(host).contains(':')
}

fn resolve(host_and_port: &str, reach: Reach) -> Result<SocketAddr> {
    let mut addresses = host_and_port.to_socket_addrs()?;
    let address = addresses.next().context("the host has no address")?;
    if reach == Reach::Loopback && !address.ip().is_loopback() {
        bail!("{address} is not on this machine; say --allow-remote if the load may go there");
    }
    Ok(address)
}

/// What runs, as the starter of the processes wrote it down.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Cluster {
    /// The URL of the API.
    pub api: String,
    /// The URL of the NATS server.
    pub nats: Option<String>,
    /// The URL of the Redis server.
    pub redis: Option<String>,
    /// The folder of originals and thumbnails.
    pub media: Option<PathBuf>,
    /// The processes.
    #[serde(default)]
    pub processes: Vec<ClusterProcess>,
}

/// A process of a cluster.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct ClusterProcess {
    /// Its name, such as `worker-1`.
    pub name: String,
    /// Its process id.
    pub pid: u32,
}

impl Cluster {
    /// Reads the file.
    ///
    /// # Errors
    /// There is none, or it is not as it should be.
    pub fn read(file: &Path) -> Result<Self> {
        let named = || format!("--cluster {}", file.display());
        let text = std::fs::read(file).with_context(named)?;
        serde_json::from_slice(&text).with_context(named)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_of_this_machine_is_taken() {
        let api = ApiAddress::parse("http://127.0.0.1:8080/", Reach::Loopback).unwrap();
        assert_eq!(api.address, "127.0.0.1:8080".parse().unwrap());
        assert_eq!(api.authority, "127.0.0.1:8080");
        let api = ApiAddress::parse("http://[::1]", Reach::Loopback).unwrap();
        assert_eq!(api.address, "[::1]:80".parse().unwrap());
    }

    #[test]
    fn another_machine_needs_to_be_allowed() {
        let url = "http://192.0.2.1:8080";
        let error = ApiAddress::parse(url, Reach::Loopback).unwrap_err();
        assert!(format!("{error:#}").contains("--allow-remote"), "{error:#}");
        assert!(ApiAddress::parse(url, Reach::Anywhere).is_ok());
        assert!(
            check_reach(
                "nats://127.0.0.1:1,nats://192.0.2.1",
                "nats://",
                4222,
                Reach::Loopback
            )
            .is_err()
        );
        assert!(
            check_reach(
                "redis://:word@127.0.0.1/2",
                "redis://",
                6379,
                Reach::Loopback
            )
            .is_ok()
        );
    }

    #[test]
    fn what_is_no_url_is_named() {
        for url in ["127.0.0.1:8080", "https://127.0.0.1", "http://"] {
            assert!(ApiAddress::parse(url, Reach::Anywhere).is_err(), "{url}");
        }
    }

    #[test]
    fn the_file_of_a_cluster_may_leave_out_what_there_is_not() {
        let cluster: Cluster = serde_json::from_str(
            r#"{"api": "http://127.0.0.1:1", "processes": [{"name": "api", "pid": 7}]}"#,
        )
        .unwrap();
        assert_eq!(cluster.processes[0].pid, 7);
        assert_eq!(cluster.nats, None);
    }
}
