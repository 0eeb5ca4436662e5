//! The program of Manage Connections.

#[cfg(target_arch = "wasm32")]
fn main() {
    pinfold_app::mount_manage();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("this program runs in a browser: cargo xtask run");
}
