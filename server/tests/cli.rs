//! The `pinfold` command as a person and a service manager meet it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

fn pinfold(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pinfold"));
    // Where a pinfold.toml of this machine's user cannot be in the way.
    command.current_dir(folder);
    command
}

fn output(command: &mut Command) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = command.output().expect("the program runs");
    let text = [stdout, stderr].concat();
    (status.code(), String::from_utf8(text).expect("it prints text"))
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// `pinfold serve`, killed when a test ends early.
struct Serving {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
}

impl Serving {
    fn start(command: &mut Command) -> Self {
        let mut child = command
            .args(["--listen", "127.0.0.1:0", "--assets", "none"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        Self { child, lines }
    }

    /// The next line that it prints.
    fn line(&mut self) -> String {
        self.lines.next().expect("another line").expect("it prints text")
    }

    #[cfg(unix)]
    fn terminate(mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs");
        assert!(sent.success());
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Already gone is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn every_command_explains_itself_with_an_example() {
    let folder = folder();
    let commands = [
        "",
        "serve",
        "sandbox",
        "sign-in",
        "app",
        "app test",
        "audit",
        "audit verify",
        "audit export",
        "export",
        "import",
        "key",
        "key rotate",
        "key drop-old",
    ];
    for command in commands {
        let words = command.split_whitespace().chain(["--help"]);
        let (code, text) = output(pinfold(folder.path()).args(words));
        assert_eq!(code, Some(0), "{text}");
        assert!(text.contains("Example"), "{text}");
    }
}

#[test]
fn a_wrong_value_is_named_in_one_line_with_exit_code_2() {
    let folder = folder();
    for (flag, value) in [
        ("--listen", "8080"),
        ("--public-url", "pinfold.example"),
        ("--x-api-url", "http://api.x.com"),
        ("--allow-origin", "*"),
        ("--consumer-secret-file", "/nowhere/secret"),
        ("--assets", "/nowhere"),
        ("--webhook-allow", "10.0.0.0/33"),
        ("--trusted-header", "cookie"),
        ("--trusted-proxy", "proxy.example"),
    ] {
        let mut command = pinfold(folder.path());
        let (code, text) = output(command.args(["serve", "--data-dir", ".", flag, value]));
        assert_eq!(code, Some(2), "{text}");
        assert!(text.contains(flag), "{flag}: {text}");
        assert_eq!(text.lines().count(), 1, "{text}");
    }
    let mut command = pinfold(folder.path());
    let (code, text) =
        output(command.args(["serve", "--data-dir", "."]).env("PINFOLD_SANDBOX", "x"));
    assert_eq!((code, text.lines().count()), (Some(2), 1), "{text}");
    assert!(text.contains("--sandbox"), "{text}");
    let (code, text) =
        output(pinfold(folder.path()).args(["serve", "--consumer-secret", "canary"]));
    assert_eq!(code, Some(2), "a secret is no flag: {text}");
}

#[test]
fn a_secret_without_its_key_is_noticed_and_not_repeated() {
    let folder = folder();
    let mut command = pinfold(folder.path());
    command.args(["serve", "--data-dir", "."]).env("PINFOLD_CONSUMER_SECRET", "canary-secret");
    let (code, text) = output(&mut command);
    assert_eq!(code, Some(2));
    assert!(text.contains("--consumer-key") && !text.contains("canary"), "{text}");
}

#[test]
fn flag_over_variable_over_file() {
    let folder = folder();
    let file = folder.path().join("pinfold.toml");
    std::fs::write(&file, "listen = 'from-file'\ndata_dir = '.'\n").expect("writes");
    let listen = |variable: Option<&str>, flag: Option<&str>| {
        let mut command = pinfold(folder.path());
        command.arg("serve");
        if let Some(value) = variable {
            command.env("PINFOLD_LISTEN", value);
        }
        if let Some(value) = flag {
            command.args(["--listen", value]);
        }
        output(&mut command).1
    };
    assert!(listen(None, None).contains("from-file"));
    assert!(listen(Some("from-variable"), None).contains("from-variable"));
    assert!(listen(Some("from-variable"), Some("from-flag")).contains("from-flag"));
    for misplaced in ["consumer_secret = 'canary'", "sandbox = 'canary'"] {
        std::fs::write(&file, format!("{misplaced}\n")).expect("writes");
        let text = listen(None, None);
        let key = misplaced.split(' ').next().expect("a key");
        assert!(text.contains("pinfold.toml line 1") && text.contains(key), "{text}");
        assert!(!text.contains("canary"), "{text}");
    }
}

#[test]
fn who_may_come_in_by_another_word_is_checked_at_the_start() {
    let folder = folder();
    let file = folder.path().join("pinfold.toml");
    let alice = "[[people]]\nuser = 'alice'\nrole = 'operator'\n";
    let oidc = "[oidc]\nname = 'Example'\nclient_id = 'pinfold'\nissuer =";
    let header = "trusted_header = 'X-User'\n";
    for (text, named) in [
        (format!("{header}{alice}"), "--trusted-proxy"),
        (format!("trusted_proxy = ['proxy']\n{alice}"), "--trusted-proxy"),
        (format!("{header}trusted_proxy = ['10.0.0.5']\n"), "people"),
        ("[[people]]\nrole = 'operator'\n".to_owned(), "people[0]"),
        (format!("{alice}workspace = 'nowhere'\n"), "nowhere"),
        (format!("{oidc} 'https://login.example'\n"), "people"),
        (format!("{alice}{oidc} 'http://login.example'\n"), "oidc.issuer"),
        (format!("{alice}{oidc} 'login.example'\n"), "oidc.issuer"),
    ] {
        std::fs::write(&file, &text).expect("writes");
        let (code, printed) = output(pinfold(folder.path()).args(["serve", "--data-dir", "."]));
        assert_eq!(code, Some(2), "{text}{printed}");
        assert!(printed.contains(named) && printed.lines().count() == 1, "{text}{printed}");
    }
}

#[cfg(unix)]
#[test]
fn sign_in_prints_a_link_for_the_server_and_sigterm_stops_it() {
    let folder = folder();
    let (code, text) = output(pinfold(folder.path()).args(["sign-in", "--data-dir", "."]));
    assert_eq!(code, Some(2), "nothing is there yet: {text}");
    let mut serve = pinfold(folder.path());
    let mut server = Serving::start(serve.args(["serve", "--sandbox", "--data-dir", "."]));
    let ready = server.line();
    let url = ready.strip_prefix("Pinfold is ready at ").expect("the address").to_owned();
    assert!(server.line().starts_with("Sandbox, not X, at http://127.0.0.1:"));
    assert!(server.line().contains(&format!("{url}/sign-in#link=")));
    let (code, link) = output(pinfold(folder.path()).args(["sign-in", "--data-dir", "."]));
    assert_eq!(code, Some(0));
    assert!(link.starts_with(&format!("{url}/sign-in#link=")), "{link}");
    assert!(!link.contains("no server"), "{link}");
    // That nobody reads what it did makes it no failure.
    let (reader, nobody) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut unread = pinfold(folder.path());
    let unread = unread.args(["sign-in", "--data-dir", "."]).stdout(nobody).status();
    assert_eq!(unread.expect("runs").code(), Some(0));
    assert_eq!(server.terminate(), Some(0));
    let (code, link) = output(pinfold(folder.path()).args(["sign-in", "--data-dir", "."]));
    assert_eq!(code, Some(0));
    assert!(link.starts_with(&format!("{url}/sign-in#link=")), "{link}");
    assert!(link.contains("no server answers"), "{link}");
}

#[cfg(unix)]
#[test]
fn the_sandbox_alone_prints_what_a_client_needs() {
    let folder = folder();
    let mut command = pinfold(folder.path());
    let child = command.args(["sandbox", "--listen", "127.0.0.1:0"]);
    let mut child = child.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("starts");
    let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let mut server = Serving { child, lines };
    assert!(server.line().starts_with("Sandbox, not X, at http://127.0.0.1:"));
    assert!(server.line().starts_with("consumer key:"));
    assert!(server.line().starts_with("consumer secret:"));
    assert_eq!(server.terminate(), Some(0));
}

#[test]
fn every_task_explains_itself_and_names_what_is_missing() {
    let folder = folder();
    let (code, text) = output(pinfold(folder.path()).args(["task", "tweet", "--help"]));
    assert_eq!(code, Some(0));
    assert!(text.contains("Example:") && text.contains("--connection"), "{text}");
    assert!(!text.contains("--trusted-proxy"), "nothing of serve's: {text}");
    let (_, text) = output(pinfold(folder.path()).args(["serve", "--help"]));
    assert!(text.contains("--trusted-proxy"), "{text}");
    let (code, text) = output(pinfold(folder.path()).args(["task", "dance"]));
    assert_eq!(code, Some(2), "{text}");
    let mut command = pinfold(folder.path());
    command.args(["task", "tweet", "--connection", "a", "hello", "--data-dir"]).arg(folder.path());
    let (code, text) = output(&mut command);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("--data-dir"), "{text}");
}

#[test]
fn a_task_asks_the_server_that_runs_on_the_data_folder() {
    let folder = folder();
    let mut serve = pinfold(folder.path());
    serve.args(["serve", "--sandbox", "--data-dir"]).arg(folder.path());
    let mut serving = Serving::start(&mut serve);
    assert!(serving.line().starts_with("Pinfold is ready at "));
    let mut command = pinfold(folder.path());
    command.args(["task", "tweet", "--connection", "nobody", "hello", "--data-dir"]);
    let (code, text) = output(command.arg(folder.path()));
    assert_eq!(code, Some(2));
    assert!(text.contains("no connection \"nobody\""), "{text}");
    let mut command = pinfold(folder.path());
    command.args(["task", "tweet", "--connection", "nobody", "hello", "--json", "--data-dir", "."]);
    let printed = command.output().expect("runs");
    let problem: serde_json::Value = serde_json::from_slice(&printed.stdout).expect("JSON");
    assert_eq!((&problem["code"], printed.status.code()), (&"not_found".into(), Some(2)));
    drop(serving);
    let mut command = pinfold(folder.path());
    command.args(["task", "tweet", "--connection", "nobody", "hello", "--data-dir"]);
    let (code, text) = output(command.arg(folder.path()));
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("no Pinfold answers"), "{text}");
}

#[test]
fn an_app_is_tested_by_name_and_the_doctor_answers() {
    let folder = folder();
    let mut serve = pinfold(folder.path());
    let mut serving = Serving::start(serve.args(["serve", "--sandbox", "--data-dir", "."]));
    let ready = serving.line();
    let run = |arguments: &[&str]| {
        let mut command = pinfold(folder.path());
        output(command.args(["app", "test"]).args(arguments).args(["--data-dir", "."]))
    };
    let (code, text) = run(&[]);
    assert_eq!((code, text.contains("X accepts the keys")), (Some(0), true), "{text}");
    let (code, text) = run(&["--json"]);
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((code, &json["ok"]), (Some(0), &true.into()));
    let (code, text) = run(&["Nobody's"]);
    assert_eq!((code, text.contains("no saved app \"Nobody's\"")), (Some(2), true), "{text}");

    // An app that X does not know.
    let address = ready.strip_prefix("Pinfold is ready at http://").expect("the address");
    let key = std::fs::read_to_string(folder.path().join("access-key")).expect("a key");
    let app = r#"{"name":"abc","consumer_key":"unknown-to-x","consumer_secret":"canary-secret"}"#;
    let mut stream = std::net::TcpStream::connect(address).expect("it listens");
    let head = format!(
        "POST /api/v1/apps HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\nConnection: \
         close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{app}",
        key.trim(),
        app.len(),
    );
    stream.write_all(head.as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let (code, text) = run(&["abc"]);
    assert_eq!(code, Some(1), "{text}");
    for word in ["app_keys_rejected", "cause: ", "proof: ", "next: "] {
        assert!(text.contains(word), "{text}");
    }
    assert!(!text.contains("canary"), "{text}");
}

/// Out of a running server's folder, into another one's; a passphrase is no flag.
#[cfg(unix)]
#[test]
fn connections_move_from_one_folder_to_another() {
    let (here, there, passphrase) = (folder(), folder(), "four words are enough");
    let mut serve = pinfold(here.path());
    let mut server = Serving::start(serve.args(["serve", "--sandbox", "--data-dir", "."]));
    let _ready = server.line();
    let rc = "---\nprofiles:\n  brief:\n    abc:\n      username: brief\n      consumer_key: abc\n\
              \x20     consumer_secret: consumer-secret-canary\n      token: 7-x\n\
              \x20     secret: access-secret-canary\n";
    std::fs::write(here.path().join(".twurlrc"), rc).expect("writes");
    let run = |folder: &Path, arguments: &[&str], passphrase: Option<&str>| {
        let mut command = pinfold(folder);
        command.args(arguments).args(["--data-dir", "."]).stdin(Stdio::null());
        if let Some(passphrase) = passphrase {
            command.env("PINFOLD_PASSPHRASE", passphrase);
        }
        output(&mut command)
    };
    let (code, text) = run(here.path(), &["import", ".twurlrc", "--plan"], None);
    assert_eq!(
        (code, text.contains("new") && text.contains("Nothing was changed")),
        (Some(0), true),
        "{text}"
    );
    let (code, text) = run(here.path(), &["import", ".twurlrc"], None);
    assert_eq!((code, text.contains("stop that first")), (Some(2), true), "{text}");
    assert_eq!(server.terminate(), Some(0));
    let (code, text) = run(here.path(), &["import", ".twurlrc"], None);
    assert_eq!((code, text.contains("1 taken in")), (Some(0), true), "{text}");
    assert!(!text.contains("canary"), "{text}");
    std::fs::write(here.path().join("half.twurlrc"), rc.replace("consumer-secret-canary", "abc"))
        .expect("writes");
    let (code, text) = run(here.path(), &["import", "half.twurlrc", "--plan"], None);
    assert_eq!((code, text.contains("1 unusable")), (Some(0), true), "{text}");
    let (code, text) = run(here.path(), &["import", "half.twurlrc"], None);
    assert_eq!((code, text.contains("not all of the file")), (Some(1), true), "{text}");

    let (code, text) = run(here.path(), &["export"], None);
    assert_eq!((code, text.contains("\"brief\"")), (Some(0), true), "{text}");
    assert!(!text.contains("canary"), "no secret without a passphrase: {text}");
    let (code, text) = run(here.path(), &["export", "--with-secrets"], None);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("PINFOLD_PASSPHRASE"), "{text}");
    let export = ["export", "--with-secrets", "--output", "out.age"];
    let (code, text) = run(here.path(), &export, Some("short"));
    assert_eq!(code, Some(1), "{text}");
    let (code, text) = run(here.path(), &export, Some(passphrase));
    assert_eq!(code, Some(0), "{text}");
    let (code, text) = run(here.path(), &export, Some(passphrase));
    assert_eq!(
        (code, text.contains("out.age")),
        (Some(2), true),
        "never over another file: {text}"
    );
    let file = here.path().join("out.age");
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(&file).expect("a file").permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);

    let mut serve = pinfold(there.path());
    let mut server = Serving::start(serve.args(["serve", "--sandbox", "--data-dir", "."]));
    let _ready = server.line();
    assert_eq!(server.terminate(), Some(0));
    let file = file.to_str().expect("text");
    let (code, text) = run(there.path(), &["import", file], Some("another passphrase"));
    assert_eq!((code, text.contains("passphrase")), (Some(1), true), "{text}");
    let (code, text) = run(there.path(), &["import", file], Some(passphrase));
    assert_eq!((code, text.contains("1 taken in")), (Some(0), true), "{text}");
    let (_, text) = run(there.path(), &["export"], None);
    assert!(text.contains("\"brief\""), "{text}");
}
