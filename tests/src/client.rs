use std::net::SocketAddr;

use base64::prelude::{BASE64_STANDARD, Engine};
use reqwest::{Method, Response, StatusCode};
use serde_json::Value;

use crate::eventually;

/// Talks to the API as a user's program would.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    base: String,
}

/// An upload that was accepted.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Its path, such as `/images/0c9b…`.
    pub path: String,
    /// The answer to the upload.
    pub accepted: Value,
}

impl Client {
    /// A client of the API at this address.
    #[must_use]
    pub fn new(address: SocketAddr) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self {
            http,
            base: format!("http://{address}"),
        }
    }

    /// The URL of the API, such as `http://127.0.0.1:8080`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.base
    }

    /// Sends a request without a body.
    pub async fn send(&self, method: Method, path: &str) -> Response {
        self.http
            .request(method, format!("{}{path}", self.base))
            .send()
            .await
            .unwrap()
    }

    /// Asks for a path. `None` when the API cannot be reached.
    pub async fn get(&self, path: &str) -> Option<Response> {
        self.http
            .get(format!("{}{path}", self.base))
            .send()
            .await
            .ok()
    }

    /// Whether the API says that it is ready.
    pub async fn is_ready(&self) -> bool {
        let answer = self.get("/readyz").await;
        answer.is_some_and(|answer| answer.status().is_success())
    }

    /// Waits until the API says that it is ready.
    pub async fn ready(&self) {
        eventually("readiness", async || self.is_ready().await.then_some(())).await;
    }

    /// Posts a body as it is.
    pub async fn post(
        &self,
        content_type: Option<&str>,
        body: impl Into<reqwest::Body>,
    ) -> Response {
        let mut request = self.http.post(format!("{}/images", self.base)).body(body);
        if let Some(content_type) = content_type {
            request = request.header("content-type", content_type);
        }
        request.send().await.unwrap()
    }

    /// Posts a file as base64, with a query such as `width=300`.
    pub async fn post_with(&self, query: &str, content_type: &str, file: &[u8]) -> Response {
        let url = format!("{}/images?{query}", self.base);
        let request = self.http.post(url).body(BASE64_STANDARD.encode(file));
        let request = request.header("content-type", content_type);
        request.send().await.unwrap()
    }

    /// Uploads a file as base64 and expects it to be accepted.
    pub async fn upload(&self, content_type: &str, file: &[u8]) -> Upload {
        self.upload_with("", content_type, file).await
    }

    /// Uploads a file as base64, with a query such as `width=300`, and expects it to be accepted.
    pub async fn upload_with(&self, query: &str, content_type: &str, file: &[u8]) -> Upload {
        let answer = self.post_with(query, content_type, file).await;
        let status = answer.status();
        let path = answer
            .headers()
            .get("location")
            .map(|path| path.to_str().unwrap().to_owned());
        let accepted: Value = answer.json().await.unwrap();
        assert_eq!(status, StatusCode::ACCEPTED, "{accepted}");
        Upload {
            path: path.unwrap(),
            accepted,
        }
    }

    /// Uploads a file as base64 with further headers, and returns the id of the request as well.
    pub async fn upload_as(
        &self,
        headers: &[(&str, &str)],
        content_type: &str,
        file: &[u8],
    ) -> (Upload, String) {
        let url = format!("{}/images", self.base);
        let mut request = self.http.post(url).body(BASE64_STANDARD.encode(file));
        request = request.header("content-type", content_type);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.unwrap();
        let header = |name| answer.headers()[name].to_str().unwrap().to_owned();
        let (path, request_id) = (header("location"), header("x-request-id"));
        let accepted = answer.json().await.unwrap();
        (Upload { path, accepted }, request_id)
    }

    /// Uploads a file as it is, in one call that waits for the outcome, and expects it to be completed.
    pub async fn complete(&self, content_type: &str, file: Vec<u8>) {
        let request = self.http.post(format!("{}/images", self.base)).body(file);
        let request = request
            .header("content-type", content_type)
            .header("content-transfer-encoding", "binary")
            .header("prefer", "wait=20");
        let answer = request.send().await.unwrap();
        let status = answer.status();
        assert_eq!(status, StatusCode::OK, "{}", answer.text().await.unwrap());
    }

    /// What `GET /handlers` says of one file of the handlers folder, or of `builtin`.
    pub async fn handlers_of(&self, origin: &str) -> Vec<Value> {
        let answer = self.get("/handlers").await.unwrap();
        let list: Value = answer.json().await.unwrap();
        let handlers = list["handlers"].as_array().cloned().unwrap_or_default();
        handlers
            .into_iter()
            .filter(|handler| handler["origin"] == origin)
            .collect()
    }

    /// Waits until `GET /handlers` has an entry of this origin that is as wanted.
    pub async fn listed(&self, origin: &str, is_wanted: impl Fn(&Value) -> bool) -> Value {
        eventually(&format!("{origin} to be listed so"), async || {
            self.handlers_of(origin).await.into_iter().find(&is_wanted)
        })
        .await
    }

    /// Waits until an upload of a media type is answered with this code.
    pub async fn answered(
        &self,
        content_type: &str,
        body: &'static str,
        code: StatusCode,
    ) -> Value {
        eventually(&format!("{code} for {content_type}"), async || {
            let answer = self
                .post(Some(content_type), BASE64_STANDARD.encode(body))
                .await;
            let is_it = answer.status() == code;
            let body = answer.json().await.ok()?;
            is_it.then_some(body)
        })
        .await
    }

    /// Waits until a handler works on an upload.
    pub async fn running(&self, upload: &Upload) {
        eventually("the job to run", async || {
            let status: Value = self.get(&upload.path).await?.json().await.ok()?;
            (status["phase"] == "running").then_some(())
        })
        .await;
    }

    /// Waits until an upload has its outcome, and returns the code and the body of its status.
    pub async fn outcome(&self, upload: &Upload) -> (StatusCode, Value) {
        eventually("an outcome", async || {
            let answer = self.get(&upload.path).await?;
            let status = answer.status();
            (status != StatusCode::ACCEPTED && status != StatusCode::SERVICE_UNAVAILABLE)
                .then_some(())?;
            Some((status, answer.json().await.ok()?))
        })
        .await
    }

    /// The media type and the bytes of a thumbnail, fetched as base64 as the old clients do.
    pub async fn thumbnail(&self, upload: &Upload) -> (String, Vec<u8>) {
        let answer = self
            .get(&format!("{}/thumbnail", upload.path))
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        let media_type = answer.headers()["content-type"]
            .to_str()
            .unwrap()
            .to_owned();
        let body = answer.text().await.unwrap();
        (media_type, BASE64_STANDARD.decode(body).unwrap())
    }
}
