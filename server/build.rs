//! Builds again when the front end was built again: a new file in `dist/` is no change that the
//! compiler would see by itself.

fn main() {
    println!("cargo::rerun-if-changed=../dist");
}
