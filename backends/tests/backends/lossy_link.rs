//! Stands between a store and its server and loses a reply on command, as a network does.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// Passes connections on to a server.
#[derive(Debug)]
pub(crate) struct LossyLink {
    pub(crate) address: String,
    loss: Arc<Loss>,
}

/// Which replies are lost.
#[derive(Debug)]
struct Loss {
    part: &'static [u8],
    to_lose: AtomicUsize,
    lost: AtomicUsize,
}

impl LossyLink {
    /// Starts a link to `server` that may lose replies with this part in them.
    pub(crate) async fn start(server: String, part: &'static [u8]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let loss = Arc::new(Loss {
            part,
            to_lose: AtomicUsize::new(0),
            lost: AtomicUsize::new(0),
        });
        tokio::spawn(pass_on(listener, server, Arc::clone(&loss)));
        Self { address, loss }
    }

    /// Loses the next such replies, and the connection with each.
    pub(crate) fn lose(&self, replies: usize) {
        self.loss.to_lose.store(replies, Ordering::SeqCst);
    }

    /// How many replies were lost.
    pub(crate) fn lost(&self) -> usize {
        self.loss.lost.load(Ordering::SeqCst)
    }
}

async fn pass_on(listener: TcpListener, server: String, loss: Arc<Loss>) {
    loop {
        let (client, _) = listener.accept().await.unwrap();
        let server = TcpStream::connect(&server).await.unwrap();
        let ((from_client, to_client), (from_server, to_server)) =
            (client.into_split(), server.into_split());
        tokio::spawn(pass_requests(from_client, to_server));
        tokio::spawn(pass_replies(from_server, to_client, Arc::clone(&loss)));
    }
}

async fn pass_requests(mut client: OwnedReadHalf, mut server: OwnedWriteHalf) {
    copy(&mut client, &mut server).await.ok();
}

async fn pass_replies(mut server: OwnedReadHalf, mut client: OwnedWriteHalf, loss: Arc<Loss>) {
    let mut reply = vec![0; 64 << 10];
    while let Ok(length @ 1..) = server.read(&mut reply).await {
        if loss.takes(&reply[..length]) || client.write_all(&reply[..length]).await.is_err() {
            return;
        }
    }
}

impl Loss {
    fn takes(&self, reply: &[u8]) -> bool {
        let concerns = reply
            .windows(self.part.len())
            .any(|window| window == self.part);
        let one_less = |left: usize| left.checked_sub(1);
        let takes = concerns
            && self
                .to_lose
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less)
                .is_ok();
        self.lost.fetch_add(usize::from(takes), Ordering::SeqCst);
        takes
    }
}
