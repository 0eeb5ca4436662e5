//! The program of the wizard.

#[cfg(target_arch = "wasm32")]
fn main() {
    pinfold_app::mount_connect();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("this program runs in a browser: cargo xtask run");
}
