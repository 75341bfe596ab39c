//! Exit codes.

/// Everything went well.
pub const EXIT_OK: u8 = 0;
/// A budget is exceeded, or a bill differs from its estimate by more than was allowed.
pub const EXIT_DIFFERENT: u8 = 1;
/// Bad command line, scenario, trace or price file.
pub const EXIT_INPUT: u8 = 2;
/// The estimate is incomplete and completeness was required, as every check does.
pub const EXIT_INCOMPLETE: u8 = 3;
