use std::ffi::OsString;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::free_port::free_port;
use crate::node::{Launch, Node};
use crate::ready::Ready;
use crate::server::Server;

/// How long an API or a worker may take until it is ready: the first one compiles the built-in handlers.
pub(crate) const START_LIMIT: Duration = Duration::from_secs(120);
/// How long one may take to end. More than it drains for.
const STOP_LIMIT: Duration = Duration::from_secs(40);

/// What a cluster is made of.
#[derive(Clone, Debug)]
pub struct ClusterPlan {
    /// The program `thumbnailify`.
    pub program: PathBuf,
    /// Where everything is kept, also after the end.
    pub folder: PathBuf,
    /// The address of the API; port 0 takes a free one of the loopback address.
    pub listen: SocketAddr,
    /// How many workers there are.
    pub workers: usize,
    /// Further arguments of every API and worker.
    pub arguments: Vec<OsString>,
}

/// The processes of a whole installation: a NATS server, a Redis server, an API and workers.
///
/// Each can be killed, paused and started again. Dropping the cluster kills all of them.
#[derive(Debug)]
pub struct Cluster {
    /// The API's address, as a URL.
    pub url: String,
    /// The folder of originals and thumbnails.
    pub media: PathBuf,
    // In the order in which a crash of the harness should end them: workers first, servers last.
    /// The workers.
    pub workers: Vec<Node>,
    /// The API.
    pub api: Node,
    /// The queue.
    pub nats: Server,
    /// The statuses.
    pub redis: Server,
}

impl Cluster {
    /// Starts everything. Blocks until uploads are taken.
    ///
    /// # Errors
    /// A folder cannot be made, a program is missing, or a process does not get ready; what was started
    /// before is ended again.
    pub fn start(plan: &ClusterPlan) -> Result<Self> {
        let mut cluster = Self::launch(plan)?;
        for (name, node) in cluster.nodes() {
            node.wait_until_ready().context(name)?;
        }
        Ok(cluster)
    }

    /// Starts everything. Blocks until the servers serve, and waits neither for the workers nor the API.
    ///
    /// # Errors
    /// As for [`Cluster::start`].
    pub fn launch(plan: &ClusterPlan) -> Result<Self> {
        let mut cluster = Self::prepare(plan)?;
        cluster.nats.start()?;
        cluster.redis.start()?;
        for worker in &mut cluster.workers {
            worker.launch()?;
        }
        cluster.api.launch()?;
        Ok(cluster)
    }

    /// Whether every process is ready.
    ///
    /// # Errors
    /// One has ended; the error shows its log.
    pub fn is_ready(&mut self) -> Result<bool> {
        for (name, node) in self.nodes() {
            if !node.is_ready().context(name)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Makes the folders, and starts nothing.
    ///
    /// # Errors
    /// A folder cannot be made.
    pub fn prepare(plan: &ClusterPlan) -> Result<Self> {
        let folder = |name: &str| {
            let folder = plan.folder.join(name);
            fs::create_dir_all(&folder)
                .with_context(|| format!("{} cannot be made", folder.display()))?;
            Ok::<_, anyhow::Error>(folder)
        };
        let nats = Server::nats_in(&folder("nats")?);
        let redis = Server::redis_in(&folder("redis")?);
        let media = folder("media")?;
        let backends = Backends {
            plan,
            queue: nats.url(),
            status: redis.url(),
            media: &media,
            logs: &folder("logs")?,
        };
        let listen = with_port(plan.listen);
        let worker = |number: usize| {
            let own = SocketAddr::from(([127, 0, 0, 1], free_port()));
            backends.node("worker", &format!("worker-{number}"), own)
        };
        let workers = (1..=plan.workers).map(worker).collect();
        Ok(Self {
            url: format!("http://{listen}"),
            workers,
            api: backends.node("api", "api", listen),
            nats,
            redis,
            media,
        })
    }

    /// Every process by its name.
    pub fn nodes(&mut self) -> impl Iterator<Item = (String, &mut Node)> {
        let workers = self.workers.iter_mut().enumerate();
        let workers = workers.map(|(index, node)| (format!("worker-{}", index + 1), node));
        let servers = [
            ("nats".to_owned(), &mut *self.nats),
            ("redis".to_owned(), &mut *self.redis),
        ];
        std::iter::once(("api".to_owned(), &mut self.api))
            .chain(workers)
            .chain(servers)
    }

    /// Ends everything in order: no more uploads, then the jobs that run, then the servers.
    ///
    /// # Errors
    /// A process had to be killed.
    pub fn stop(mut self) -> Result<()> {
        let ended: Vec<_> = self
            .nodes()
            .map(|(name, node)| node.terminate(STOP_LIMIT).context(name))
            .collect();
        ended.into_iter().collect()
    }
}

/// What all API and worker processes have in common.
struct Backends<'a> {
    plan: &'a ClusterPlan,
    queue: String,
    status: String,
    media: &'a Path,
    logs: &'a Path,
}

impl Backends<'_> {
    fn node(&self, role: &str, name: &str, listen: SocketAddr) -> Node {
        let backends = [role, "--queue", &self.queue, "--status", &self.status];
        let mut arguments = backends.map(OsString::from).to_vec();
        arguments.extend(["--media".into(), self.media.into()]);
        arguments.extend(["--data".into(), self.plan.folder.join("data").into()]);
        arguments.extend_from_slice(&self.plan.arguments);
        Node::new(Launch {
            program: self.plan.program.clone(),
            arguments,
            // Each role looks at its own.
            variables: vec![
                ("THUMBNAILIFY_LISTEN", listen.to_string()),
                ("THUMBNAILIFY_WORKER__LISTEN", listen.to_string()),
            ],
            missing: format!(
                "{} cannot be started; `just build` makes it",
                self.plan.program.display()
            ),
            log: self.logs.join(format!("{name}.log")),
            ready: Ready::Http(listen.port()),
            start_limit: START_LIMIT,
        })
    }
}

pub(crate) fn with_port(mut address: SocketAddr) -> SocketAddr {
    if address.port() == 0 {
        address.set_port(free_port());
    }
    address
}
