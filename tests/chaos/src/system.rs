use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use thumbnailify_test_servers::{Cluster, ClusterPlan, Node, Solo, SoloPlan};

use crate::fault::Fault;
use crate::settings::SETTINGS;

/// On which backends a system is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Kind {
    /// One process with embedded backends.
    Embedded,
    /// An API and two workers on NATS and Redis.
    Servers,
}

/// The processes that are hit.
#[derive(Debug)]
pub(crate) enum System {
    Embedded(Box<Solo>),
    Servers(Box<Cluster>),
}

impl System {
    /// Starts a system in a folder, and blocks until uploads are taken.
    pub(crate) fn start(
        kind: Kind,
        program: PathBuf,
        folder: &Path,
        flags: &[OsString],
    ) -> Result<Self> {
        let settings = folder.join("settings.toml");
        fs::create_dir_all(folder)?;
        fs::write(&settings, SETTINGS)?;
        let mut arguments: Vec<OsString> = vec!["--config".into(), settings.into()];
        arguments.extend(["--handlers".into(), folder.join("handlers").into()]);
        arguments.extend_from_slice(flags);
        let listen = ([127, 0, 0, 1], 0).into();
        let folder = folder.to_owned();
        match kind {
            Kind::Embedded => {
                let mut solo = Solo::prepare(&SoloPlan {
                    program,
                    folder,
                    listen,
                    arguments,
                })?;
                solo.start()?;
                Ok(Self::Embedded(Box::new(solo)))
            }
            Kind::Servers => {
                let cluster = Cluster::start(&ClusterPlan {
                    program,
                    folder,
                    listen,
                    workers: 2,
                    arguments,
                })?;
                Ok(Self::Servers(Box::new(cluster)))
            }
        }
    }

    pub(crate) fn url(&self) -> &str {
        match self {
            Self::Embedded(solo) => &solo.url,
            Self::Servers(cluster) => &cluster.url,
        }
    }

    pub(crate) fn media(&self) -> &Path {
        match self {
            Self::Embedded(solo) => &solo.media,
            Self::Servers(cluster) => &cluster.media,
        }
    }

    /// Every process by its name, in an order that stays.
    pub(crate) fn processes(&mut self) -> Vec<(String, &mut Node)> {
        match self {
            Self::Embedded(solo) => vec![("serve".to_owned(), &mut **solo)],
            Self::Servers(cluster) => cluster.nodes().collect(),
        }
    }

    /// Does something to a process, and returns its name.
    pub(crate) fn hit(&mut self, process: usize, fault: Fault) -> Result<String> {
        let (name, node) = self.processes().swap_remove(process);
        match fault {
            Fault::Kill => node.kill()?,
            Fault::Stop => node.pause()?,
        }
        Ok(name)
    }

    /// Undoes it, and waits for nothing.
    pub(crate) fn heal(&mut self, process: usize, fault: Fault) -> Result<()> {
        let (_, node) = self.processes().swap_remove(process);
        match fault {
            Fault::Kill => node.launch(),
            Fault::Stop => node.resume(),
        }
    }

    /// The name of a process that ended by itself, which none should.
    pub(crate) fn ended(&mut self) -> Result<Option<String>> {
        for (name, node) in self.processes() {
            if node.has_ended()? {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }
}
