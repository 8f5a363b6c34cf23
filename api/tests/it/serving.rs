use reqwest::StatusCode;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use thumbnailify_api::Config;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::breaker::Breaker;
use crate::harness::{Answer, PICTURE_BASE64, TestApi, eventually, within_deadline};

#[tokio::test]
async fn an_open_upload_is_served_to_its_end_after_the_server_was_told_to_stop() {
    let mut api = TestApi::start().await;
    let mut connection = api.connect().await;
    let head = "POST /images HTTP/1.1\r\nHost: a\r\nContent-Type: image/png\r\n\
                Content-Length: 20\r\n\r\niVBO";
    connection.write_all(head.as_bytes()).await.unwrap();
    eventually("a file that is being written", async || {
        !api.files().is_empty()
    })
    .await;

    let rest = async {
        connection
            .write_all(&PICTURE_BASE64.as_bytes()[4..])
            .await
            .unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.unwrap();
        answer
    };
    let ((), answer) = tokio::join!(api.stop(), rest);
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
}

#[tokio::test]
async fn a_wait_ends_when_the_server_is_told_to_stop() {
    let breaker = Breaker::default();
    let config = Config::default();
    let mut api = TestApi::start_changed(config, |ports| breaker.in_front_of(ports)).await;
    api.announce_worker().await;
    let id = api.upload().await;
    let request = api
        .get(&format!("/images/{id}"))
        .header("prefer", "wait=30");
    let waiting = tokio::spawn(request.send());
    eventually("a first look", async || breaker.calls("status.get") == 1).await;
    api.stop().await;
    let response = within_deadline(waiting).await.unwrap().unwrap();
    Answer::expect(response, StatusCode::ACCEPTED).await;
}

/// Asks whether the server lives, and reads the answer, whose body is one flat object.
async fn ask_livez(connection: &mut TcpStream) -> String {
    let request = b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n";
    connection.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"}") {
        answer.push(within_deadline(connection.read_u8()).await.unwrap());
    }
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn a_server_gives_notice_and_sends_clients_away_before_it_ends() {
    let api = TestApi::start_with(Config {
        notice_ms: 600_000,
        ..Config::default()
    })
    .await;
    let mut kept = api.connect().await;
    let answer = ask_livez(&mut kept).await;
    assert!(!answer.contains("connection: close"), "{answer}");
    api.tell_to_stop();
    eventually("it to be unready", async || {
        let answer = api.get("/readyz").send().await.unwrap();
        let is_ready = answer.status() != StatusCode::SERVICE_UNAVAILABLE;
        let body: serde_json::Value = answer.json().await.unwrap();
        assert_eq!(body["checks"]["server"]["ok"], is_ready, "{body}");
        !is_ready
    })
    .await;
    for mut connection in [kept, api.connect().await] {
        let answer = ask_livez(&mut connection).await;
        assert!(answer.contains("connection: close"), "{answer}");
        let mut rest = Vec::new();
        within_deadline(connection.read_to_end(&mut rest))
            .await
            .unwrap();
    }
    api.upload().await;
}

#[tokio::test]
async fn a_connection_that_sends_no_request_is_closed() {
    let api = TestApi::start_with(Config {
        header_timeout_ms: 50,
        ..Config::default()
    })
    .await;
    for begun in ["", "GET /livez HTTP/1.1\r\nHost:"] {
        let mut connection = api.connect().await;
        connection.write_all(begun.as_bytes()).await.unwrap();
        let mut answer = String::new();
        within_deadline(connection.read_to_string(&mut answer))
            .await
            .unwrap();
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 408"),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn a_client_that_reads_no_answer_loses_its_seat() {
    let api = TestApi::start_with(Config {
        max_connections: 2,
        write_timeout_ms: 100,
        ..Config::default()
    })
    .await;
    // The client of the upload keeps its connection, and with it the first seat.
    let id = api.upload().await;
    api.complete(id, vec![0; 32 << 20].leak()).await;
    let mut deaf = api.connect().await;
    let request =
        format!("GET /images/{id}/thumbnail HTTP/1.1\r\nHost: a\r\nAccept: image/*\r\n\r\n");
    deaf.write_all(request.as_bytes()).await.unwrap();

    let mut waiting = api.connect().await;
    waiting
        .write_all(b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
        .await
        .unwrap();
    let mut answer = [0; 12];
    within_deadline(waiting.read_exact(&mut answer))
        .await
        .unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
}

#[tokio::test]
async fn a_server_opens_as_many_files_as_the_system_grants() {
    let limit = getrlimit(Resource::Nofile);
    let lower = limit.maximum.map(|most| most - 1);
    let lowered = Rlimit {
        current: lower,
        ..limit
    };
    setrlimit(Resource::Nofile, lowered).unwrap();
    let api = TestApi::start().await;
    Answer::expect(api.get("/livez").send().await.unwrap(), StatusCode::OK).await;
    assert_eq!(getrlimit(Resource::Nofile).current, limit.maximum);
}

#[tokio::test]
async fn connections_above_the_limit_wait_for_a_seat() {
    let api = TestApi::start_with(Config {
        max_connections: 1,
        ..Config::default()
    })
    .await;
    let seated = api.connect().await;
    let waiting = tokio::spawn(api.get("/livez").send());
    let mut first = seated;
    first
        .write_all(b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
        .await
        .unwrap();
    let mut answer = [0; 12];
    within_deadline(first.read_exact(&mut answer))
        .await
        .unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    assert!(!waiting.is_finished());
    drop(first);
    let response = within_deadline(waiting).await.unwrap().unwrap();
    Answer::expect(response, StatusCode::OK).await;
}
