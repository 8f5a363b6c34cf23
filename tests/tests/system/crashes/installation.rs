use std::ffi::OsString;
use std::path::Path;

use thumbnailify_test_servers::{Cluster, ClusterPlan, Node, Solo, SoloPlan};
use thumbnailify_tests::compile_cache;

/// On which backends.
#[expect(
    non_camel_case_types,
    reason = "the names are those of modules of tests"
)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    embedded,
    nats_and_redis,
}

/// Which process dies. On embedded backends there is one for everything.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Victim {
    Api,
    Worker,
}

/// All processes of a system.
pub(super) enum Installation {
    Solo(Box<Solo>),
    Cluster(Box<Cluster>),
}

impl Installation {
    pub(super) fn prepare(kind: Kind, folder: &Path) -> Self {
        let (program, listen) = (
            env!("CARGO_BIN_EXE_thumbnailify-under-test"),
            "127.0.0.1:0".parse().unwrap(),
        );
        let arguments = arguments(folder);
        let folder = folder.join("system");
        match kind {
            Kind::embedded => {
                let plan = SoloPlan {
                    program: program.into(),
                    folder,
                    listen,
                    arguments,
                };
                Self::Solo(Box::new(Solo::prepare(&plan).unwrap()))
            }
            Kind::nats_and_redis => {
                let plan = ClusterPlan {
                    program: program.into(),
                    folder,
                    listen,
                    workers: 1,
                    arguments,
                };
                Self::Cluster(Box::new(Cluster::prepare(&plan).unwrap()))
            }
        }
    }

    pub(super) fn url(&self) -> &str {
        match self {
            Self::Solo(solo) => &solo.url,
            Self::Cluster(cluster) => &cluster.url,
        }
    }

    pub(super) fn media(&self) -> &Path {
        match self {
            Self::Solo(solo) => &solo.media,
            Self::Cluster(cluster) => &cluster.media,
        }
    }

    /// Sets variables of every process.
    pub(super) fn set(&mut self, variables: &[(&'static str, &str)]) {
        for (name, value) in variables {
            self.victim(Victim::Api).set_variable(name, value);
            self.victim(Victim::Worker).set_variable(name, value);
        }
    }

    pub(super) fn victim(&mut self, victim: Victim) -> &mut Node {
        match (self, victim) {
            (Self::Solo(solo), _) => solo,
            (Self::Cluster(cluster), Victim::Api) => &mut cluster.api,
            (Self::Cluster(cluster), Victim::Worker) => &mut cluster.workers[0],
        }
    }

    /// Starts everything, and waits until uploads are taken.
    pub(super) fn start(&mut self) {
        match self {
            Self::Solo(solo) => solo.start().unwrap(),
            Self::Cluster(cluster) => {
                cluster.nats.start().unwrap();
                cluster.redis.start().unwrap();
                cluster.workers[0].launch().unwrap();
                cluster.api.launch().unwrap();
                for (_, node) in cluster.nodes() {
                    node.wait_until_ready().unwrap();
                }
            }
        }
    }
}

fn arguments(folder: &Path) -> Vec<OsString> {
    let paths = [
        ("--config", folder.join("settings.toml")),
        ("--handlers", folder.join("handlers")),
        ("--cache", compile_cache()),
    ];
    let flags = paths.into_iter();
    flags
        .flat_map(|(flag, path)| [flag.into(), path.into()])
        .collect()
}
