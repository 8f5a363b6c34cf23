//! A thumbnail is as its uploader asks for, by each option of the query.

use std::fs;
use std::io::Cursor;

use image::AnimationDecoder;
use image::codecs::png::PngDecoder;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use thumbnailify_tests::pictures::{
    animated_gif, assert_animated, assert_near, assert_upright, jpeg, open, png, png_with_alpha,
};
use thumbnailify_tests::{Backends, Client, Process, Stack, Upload};

/// What came of an upload.
struct Made {
    /// Its status.
    status: Value,
    file: Vec<u8>,
}

impl Made {
    fn size(&self) -> (u64, u64) {
        let side = |name| self.status["thumbnail"][name].as_u64().unwrap();
        (side("width"), side("height"))
    }

    fn media_type(&self) -> &str {
        self.status["thumbnail"]["media_type"].as_str().unwrap()
    }
}

async fn outcome(client: &Client, upload: &Upload) -> Made {
    let (_, status) = client.outcome(upload).await;
    assert_eq!(status["state"], "Completed", "{status}");
    let (media_type, file) = client.thumbnail(upload).await;
    assert_eq!(status["thumbnail"]["media_type"], media_type);
    Made { status, file }
}

async fn made(client: &Client, query: &str, content_type: &str, file: &[u8]) -> Made {
    let upload = client.upload_with(query, content_type, file).await;
    outcome(client, &upload).await
}

on_every_backend!(options_reach_the_worker);

pub(crate) async fn options_reach_the_worker(backends: Backends) {
    let stack = Stack::start(backends).await;
    let query = "width=60&height=60&fit=cover&format=png&background=%23ffffff";
    let made = made(&stack.client, query, "image/jpeg", &jpeg(480, 320)).await;
    assert_eq!((made.size(), made.media_type()), ((60, 60), "image/png"));
    assert_eq!(made.status["options"]["fit"], "cover");
    assert_upright(&open(&made.file));

    let plain = stack.client.upload("image/jpeg", &jpeg(480, 320)).await;
    let plain = outcome(&stack.client, &plain).await;
    assert_eq!(
        (plain.size(), plain.media_type()),
        ((100, 67), "image/jpeg")
    );
    assert_eq!(plain.status["options"], Value::Null);
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn box_and_fit_give_the_size() {
    let stack = Stack::start(Backends::Embedded).await;
    let (large, small) = (png(900, 600), png(40, 30));
    for (query, file, expected) in [
        ("width=300", &large, (300, 200)),
        ("height=50", &large, (75, 50)),
        ("width=300&height=90", &large, (135, 90)),
        ("width=300&height=90&fit=cover", &large, (300, 90)),
        ("width=300&height=90&fit=fill", &large, (300, 90)),
        ("width=2048", &large, (900, 600)),
        ("width=80&height=80", &small, (40, 30)),
        ("width=80&height=20&fit=cover", &small, (40, 20)),
        ("width=80&height=80&upscale=true", &small, (80, 60)),
        (
            "width=80&height=80&fit=cover&upscale=true",
            &small,
            (80, 80),
        ),
        ("width=80&height=80&fit=fill&upscale=true", &small, (80, 80)),
    ] {
        let made = made(&stack.client, query, "image/png", file).await;
        assert_eq!(made.size(), expected, "{query}");
        assert_upright(&open(&made.file));
    }
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_background_shines_through() {
    let stack = Stack::start(Backends::Embedded).await;
    let file = png_with_alpha(400, 400);
    for (query, left) in [
        ("background=1e90ff", [0x1e, 0x90, 0xff]),
        ("background=1e90ff&format=gif", [0x1e, 0x90, 0xff]),
        ("background=1e90ff&format=jpeg", [0x1e, 0x90, 0xff]),
        ("format=jpeg", [255, 255, 255]),
    ] {
        let thumbnail = open(&made(&stack.client, query, "image/png", &file).await.file);
        assert!(thumbnail.to_rgba8().pixels().all(|pixel| pixel.0[3] == 255));
        assert_near(thumbnail.to_rgb8().get_pixel(10, 50).0, left, query);
        let right = thumbnail.to_rgb8().get_pixel(90, 50).0;
        assert_near(right, [250, 200, 20], query);
    }
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_format_is_the_one_asked_for() {
    let stack = Stack::start(Backends::Embedded).await;
    let uploads = [
        ("image/png", png(300, 200)),
        ("image/jpeg", jpeg(300, 200)),
        ("image/gif", animated_gif(300, 200, &[100, 100])),
    ];
    for (content_type, file) in &uploads {
        for format in ["png", "jpeg", "gif", "webp"] {
            let query = format!("format={format}");
            let made = made(&stack.client, &query, content_type, file).await;
            assert_eq!(made.media_type(), format!("image/{format}"));
            let is_webp = made.file.starts_with(b"RIFF") && made.file[8..].starts_with(b"WEBP");
            assert_eq!(is_webp, format == "webp");
            if !is_webp {
                assert_eq!(open(&made.file).width(), 100);
            }
        }
    }
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn quality_is_paid_for_in_bytes() {
    let stack = Stack::start(Backends::Embedded).await;
    let file = jpeg(900, 600);
    for format in ["jpeg", "webp"] {
        let mut sizes = Vec::new();
        for quality in [5, 50, 95] {
            let query = format!("width=300&format={format}&quality={quality}");
            sizes.push(
                made(&stack.client, &query, "image/jpeg", &file)
                    .await
                    .file
                    .len(),
            );
        }
        assert!(
            sizes.is_sorted() && sizes[0] < sizes[2],
            "{format}: {sizes:?}"
        );
    }
    stack.stop().await;
}

/// Whether a file has more than one frame, by the words that its format has for it.
fn moves(file: &[u8]) -> bool {
    let has = |word: &[u8]| file.windows(word.len()).any(|found| found == word);
    match file {
        [b'R', b'I', b'F', b'F', ..] => has(b"ANMF"),
        [0x89, b'P', b'N', b'G', ..] => has(b"acTL"),
        _ => has(b"NETSCAPE2.0"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_move_where_they_should() {
    let stack = Stack::start(Backends::Embedded).await;
    let file = animated_gif(300, 200, &[80, 250, 400]);
    for (query, expected) in [
        ("frames=auto", true),
        ("frames=all", true),
        ("frames=first", false),
        ("format=webp", true),
        ("format=webp&frames=first", false),
        ("format=png", false),
        ("format=png&frames=all", true),
    ] {
        let made = made(&stack.client, query, "image/gif", &file).await;
        assert_eq!(moves(&made.file), expected, "{query}");
    }
    let made = made(&stack.client, "format=png&frames=all", "image/gif", &file).await;
    let decoder = PngDecoder::new(Cursor::new(&made.file)).unwrap();
    let frames = decoder.apng().unwrap().into_frames();
    let frames = frames.collect_frames().unwrap();
    assert_animated(&frames, &[80, 250, 400]);
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_configuration_says_what_nobody_asked_for_and_what_nobody_may() {
    let stack = Stack::start_with(Backends::Embedded, |settings| {
        let thumbnail = &mut settings.thumbnail;
        thumbnail.max_width = "64".parse().unwrap();
        thumbnail.max_height = "64".parse().unwrap();
        thumbnail.largest_side = "256".parse().unwrap();
        thumbnail.fit = "cover".parse().unwrap();
        thumbnail.background = Some("#000000".parse().unwrap());
        thumbnail.format = "jpeg".parse().unwrap();
        thumbnail.upscale = "true".parse().unwrap();
    })
    .await;
    let client = &stack.client;
    let plain = made(client, "", "image/png", &png_with_alpha(40, 30)).await;
    assert_eq!((plain.size(), plain.media_type()), ((64, 64), "image/jpeg"));
    assert_near(
        open(&plain.file).to_rgb8().get_pixel(5, 5).0,
        [0; 3],
        "left",
    );

    let asked = made(client, "width=256&format=png", "image/png", &png(40, 30)).await;
    assert_eq!(
        (asked.size(), asked.media_type()),
        ((256, 192), "image/png")
    );

    let refused = client
        .post_with("width=257", "image/png", &png(40, 30))
        .await;
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    let problem: Value = refused.json().await.unwrap();
    assert_eq!(
        (&problem["field"], &problem["given"]),
        (&"width".into(), &"257".into())
    );
    assert!(
        problem["allowed"]
            .as_str()
            .unwrap()
            .ends_with("from 1 to 256")
    );
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_used_is_refused_by_its_name() {
    let stack = Stack::start(Backends::Embedded).await;
    for (query, field) in [
        ("width=0", "width"),
        ("height=99999", "height"),
        ("fit=inside", "fit"),
        ("upscale=maybe", "upscale"),
        ("background=blue", "background"),
        ("format=tiff", "format"),
        ("quality=0", "quality"),
        ("frames=last", "frames"),
        ("colour=red", "colour"),
    ] {
        let answer = stack.client.post_with(query, "image/png", &png(8, 8)).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{query}");
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["field"], field);
        assert!(problem["message"].as_str().unwrap().contains(field));
    }
    assert!(stack.files("media").is_empty());
    stack.stop().await;
}

/// Starts a server whose only slot can be held.
fn serve(folder: &tempfile::TempDir) -> Process {
    let arguments = ["serve", "--listen", "127.0.0.1:0"];
    let program = env!("CARGO_BIN_EXE_thumbnailify-under-test");
    Process::start(program, folder.path(), &arguments)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_keeps_what_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("handlers")).unwrap();
    let faulty = folder.path().join("handlers/faulty.wasm");
    fs::write(faulty, thumbnailify_bundle::FAULTY).unwrap();
    let settings = "[worker]\nslots = 1\n[limits]\ndeadline_ms = 600_000\n";
    fs::write(folder.path().join("thumbnailify.toml"), settings).unwrap();

    let mut process = serve(&folder);
    let client = process.client();
    let holding = client.answered("application/x-faulty", "loop", StatusCode::ACCEPTED);
    let holding = holding.await["media_id"].as_str().unwrap().to_owned();
    let query = "width=24&format=png";
    let upload = client.upload_with(query, "image/jpeg", &jpeg(48, 32)).await;
    process.kill();

    let mut process = serve(&folder);
    let client = process.client();
    let deleted = client
        .send(Method::DELETE, &format!("/images/{holding}"))
        .await;
    assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    let made = outcome(&client, &upload).await;
    assert_eq!((made.size(), made.media_type()), ((24, 16), "image/png"));
    assert!(process.terminate().success());
}
