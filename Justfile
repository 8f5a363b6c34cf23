# Tools that setup brings stand before those of the system.
export PATH := justfile_directory() / ".tools/bin" + ":" + env("HOME") / ".cargo/bin" + ":" + env("PATH")

# Lists the recipes
default:
    @just --list --unsorted

# Brings what building needs
setup:
    scripts/setup

# Builds everything, for release
build: setup
    cargo build --release --locked

# Runs the server on embedded backends, with the flags of `thumbnailify serve`
run *flags: setup
    cargo run --release --locked --bin thumbnailify -- serve {{ flags }}

# Runs NATS, Redis, the API and two workers as processes, until Ctrl-C; `just cluster --help` lists its options
cluster *options: setup
    scripts/packages nats-server redis-server
    cargo build --release --locked --bin thumbnailify
    cargo run --release --locked -p thumbnailify-cluster -- {{ options }}

# Passes all tests, those with real NATS and Redis servers among them
test *filter:
    scripts/setup test
    cargo test --workspace --locked --doc -- {{ filter }}
    cargo test --workspace --locked --lib --bins --tests -- {{ filter }}

# Checks format, lints, docs and dependencies
lint:
    scripts/setup
    scripts/containers
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --all-features --locked -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked
    command -v cargo-deny >/dev/null || cargo install cargo-deny --version 0.20.2 --locked --root .tools
    cargo deny --all-features check bans licenses sources

# Measures what the sandbox costs, and thumbnails beside libvips and Pillow; `just bench jpeg` those of JPEG alone
bench *options: setup
    scripts/bench
    cargo bench --locked -p thumbnailify-host --bench sandbox
    cargo bench --locked -p thumbnailify-host --bench pictures -- {{ options }}

# Looks for files that a handler cannot take: png, jpeg or gif
fuzz target seconds="60": setup
    scripts/fuzz {{ target }} {{ seconds }}

# Checks a folder of pictures against its expected.tsv
corpus folder: build
    scripts/corpus {{ folder }}

# Puts load on a running server: `just load http --rate 50`, `nats`, `status`, `cost`; see docs/load.md
load *options: setup
    cargo build --release --locked --bin thumbnailify-load
    target/release/thumbnailify-load {{ options }}

# Formats the code
fmt:
    cargo fmt --all

# Starts NATS and Redis for development
up:
    scripts/servers up

# Stops them
down:
    scripts/servers down

# Builds the handlers as files, into target/handlers
handlers: setup
    cargo run --locked -p thumbnailify-bundle --example export -- target/handlers

# Puts load on a system while its processes are killed and stopped at random: `just chaos --seconds 600 --seed 7`; see docs/reliability.md
chaos *options: setup
    scripts/packages nats-server redis-server
    cargo build --release --locked --bin thumbnailify
    cargo run --release --locked -p thumbnailify-chaos -- {{ options }}
