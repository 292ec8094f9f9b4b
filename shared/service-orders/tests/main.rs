//! The flow against both partners, in process: small ones, whose every call can be lost or be the last.

mod suite {
    mod brought_back;
    mod commands;
    mod crash;
    mod doors;
    mod life;
    mod partners;
    mod repeated;
    mod scanned;
    mod world;
}
