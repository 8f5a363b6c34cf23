//! Handlers are signed at the command line, in the format of minisign.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;
use thumbnailify_bundle::HANDLERS;

/// A key and a signature that the tool itself has made: `minisign -S -s KEY -m signed.wasm -t 'for tests'`.
const MINISIGN_KEY: &str = "RWTFDDbuPjuaCYYlVdVGlbODDD6GHdBeVKMgVqpoGO4nw5U0TI2Ux2W4";
const MINISIGN_SIGNATURE: &str = "untrusted comment: signature from minisign secret key
RUTFDDbuPjuaCUp6gLao/ijPs4XlyTX9PIftFR5TIWkE9LeDeVX/ruU90P+bg1JbJ0WPmy/ho0D1HAY0mAg681bEEVumAIrqVgY=
trusted comment: for tests
xlSdAoMgGM1rmeR8N70sVa5SxYYDxzTjGWRtpttVJQz+/3hCL+F1Aq6NXv4fKmway4QPazp4sbif3XNBKg+2Cw==
";

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_thumbnailify-under-test"));
    command
        .arg("handler")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

/// What a command prints, which must end well.
fn printed(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {complaint}");
    String::from_utf8(output.stdout).unwrap()
}

/// What a command complains of, which must end badly.
fn complaint(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert!(!output.status.success(), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

fn check_refused(folder: &Path, arguments: &[&str], reason: &str) {
    let complaint = complaint(folder, arguments);
    assert!(complaint.contains(reason), "{arguments:?}: {complaint}");
}

/// A folder with a pair of keys and a handler that is signed with it.
fn signed() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    printed(folder.path(), &["keygen", "mine", "--no-password"]);
    fs::write(folder.path().join("png.wasm"), HANDLERS[0].component).unwrap();
    printed(folder.path(), &["sign", "png.wasm", "--key", "mine.key"]);
    folder
}

#[test]
fn what_was_signed_is_verified_by_the_public_key_or_its_file() {
    let folder = signed();
    let said = printed(folder.path(), &["verify", "png.wasm", "--key", "mine.pub"]);
    assert!(said.contains("signed by a trusted key"), "{said}");
    assert!(said.contains("file:png.wasm"), "{said}");
    let public = fs::read_to_string(folder.path().join("mine.pub")).unwrap();
    let key = public.lines().last().unwrap();
    printed(folder.path(), &["verify", "png.wasm", "--key", key]);
}

#[test]
fn a_signature_of_minisign_is_verified() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("signed.wasm"), "the handler").unwrap();
    fs::write(
        folder.path().join("signed.wasm.minisig"),
        MINISIGN_SIGNATURE,
    )
    .unwrap();
    let said = printed(
        folder.path(),
        &["verify", "signed.wasm", "--key", MINISIGN_KEY],
    );
    assert!(said.contains("(for tests)"), "{said}");
}

#[test]
fn a_changed_or_unsigned_handler_is_refused_with_the_reason() {
    let folder = signed();
    let verify = ["verify", "png.wasm", "--key", "mine.pub"];
    printed(folder.path(), &["keygen", "other", "--no-password"]);
    let with_other = ["verify", "png.wasm", "--key", "other.pub"];
    check_refused(folder.path(), &with_other, "not among `trust.keys`");
    fs::write(folder.path().join("png.wasm"), HANDLERS[1].component).unwrap();
    check_refused(folder.path(), &verify, "its signature does not fit");
    fs::write(folder.path().join("png.wasm.minisig"), "rubbish").unwrap();
    check_refused(folder.path(), &verify, "not a signature of minisign");
    fs::remove_file(folder.path().join("png.wasm.minisig")).unwrap();
    check_refused(folder.path(), &verify, "it is not signed");
}

#[test]
fn the_keys_of_the_settings_are_those_that_count() {
    let folder = signed();
    let verify = ["verify", "png.wasm"];
    check_refused(folder.path(), &verify, "there is no key to verify with");
    let public = fs::read_to_string(folder.path().join("mine.pub")).unwrap();
    let key = public.lines().last().unwrap();
    let settings = format!("[trust]\nkeys = ['{key}']\n");
    fs::write(folder.path().join("thumbnailify.toml"), settings).unwrap();
    printed(folder.path(), &verify);
}

#[test]
fn a_secret_key_is_its_owners_alone_and_never_replaced() {
    let folder = signed();
    let secret = folder.path().join("mine.key");
    let mode = fs::metadata(&secret).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let before = fs::read(&secret).unwrap();
    let again = ["keygen", "mine", "--no-password"];
    check_refused(folder.path(), &again, "mine.key is there already");
    fs::remove_file(&secret).unwrap();
    check_refused(folder.path(), &again, "mine.pub is there already");
    fs::write(&secret, before).unwrap();
    printed(folder.path(), &["sign", "png.wasm", "--key", "mine.key"]);
}

#[test]
fn what_is_no_key_is_said_to_be_none() {
    let folder = signed();
    let sign = ["sign", "png.wasm", "--key", "mine.pub"];
    check_refused(folder.path(), &sign, "mine.pub");
    let verify = ["verify", "png.wasm", "--key", "nowhere.pub"];
    check_refused(folder.path(), &verify, "neither a public key nor a file");
    let missing = ["sign", "nothing.wasm", "--key", "mine.key"];
    check_refused(folder.path(), &missing, "nothing.wasm");
}

#[test]
fn a_worker_that_asks_for_signatures_lists_what_has_none_with_the_remedy() {
    let folder = signed();
    let public = fs::read_to_string(folder.path().join("mine.pub")).unwrap();
    let key = public.lines().last().unwrap();
    let settings = format!("[trust]\nrequire_signature = true\nkeys = ['{key}']\n");
    fs::write(folder.path().join("thumbnailify.toml"), settings).unwrap();
    let handlers = folder.path().join("handlers");
    fs::create_dir(&handlers).unwrap();
    for name in ["signed.wasm", "unsigned.wasm"] {
        fs::copy(folder.path().join("png.wasm"), handlers.join(name)).unwrap();
    }
    let signature = folder.path().join("png.wasm.minisig");
    fs::copy(signature, handlers.join("signed.wasm.minisig")).unwrap();
    let said = printed(folder.path(), &["list"]);
    let line_of = |name: &str| said.lines().find(|line| line.contains(name)).unwrap();
    assert!(
        line_of(" unsigned.wasm").contains("it is not signed"),
        "{said}"
    );
    assert!(!line_of(" signed.wasm").contains("failed"), "{said}");
}
