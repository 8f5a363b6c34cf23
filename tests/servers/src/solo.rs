use std::ffi::OsString;
use std::net::SocketAddr;
use std::ops::{Deref, DerefMut};
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::cluster::{START_LIMIT, with_port};
use crate::node::{Launch, Node};
use crate::ready::Ready;

/// What a server on embedded backends is made of.
#[derive(Clone, Debug)]
pub struct SoloPlan {
    /// The program `thumbnailify`.
    pub program: PathBuf,
    /// Where everything is kept, also after the end.
    pub folder: PathBuf,
    /// The address of the API; port 0 takes a free one of the loopback address.
    pub listen: SocketAddr,
    /// Further arguments.
    pub arguments: Vec<OsString>,
}

/// A server on embedded backends, as a [`Node`] that is yet to be started.
#[derive(Debug)]
pub struct Solo {
    /// The API's address, as a URL.
    pub url: String,
    /// The folder of originals and thumbnails.
    pub media: PathBuf,
    node: Node,
}

impl Solo {
    /// Prepares a server.
    ///
    /// # Errors
    /// Its folder cannot be made.
    pub fn prepare(plan: &SoloPlan) -> Result<Self> {
        let SoloPlan {
            program, folder, ..
        } = plan;
        let missing = || format!("{} cannot be made", folder.display());
        std::fs::create_dir_all(folder).with_context(missing)?;
        let listen = with_port(plan.listen);
        let data = folder.join("data");
        let mut arguments = vec!["serve".into(), "--data".into(), data.clone().into()];
        arguments.extend_from_slice(&plan.arguments);
        let node = Node::new(Launch {
            program: program.clone(),
            arguments,
            variables: vec![("THUMBNAILIFY_LISTEN", listen.to_string())],
            missing: format!(
                "{} cannot be started; `just build` makes it",
                program.display()
            ),
            log: folder.join("serve.log"),
            ready: Ready::Http(listen.port()),
            start_limit: START_LIMIT,
        });
        Ok(Self {
            url: format!("http://{listen}"),
            media: data.join("media"),
            node,
        })
    }
}

impl Deref for Solo {
    type Target = Node;

    fn deref(&self) -> &Node {
        &self.node
    }
}

impl DerefMut for Solo {
    fn deref_mut(&mut self) -> &mut Node {
        &mut self.node
    }
}
