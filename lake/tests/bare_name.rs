//! Writing to a bare file name; in its own test binary because it changes the working folder.

use plimsoll_lake::tables::Forecast;
use plimsoll_lake::{read_parquet, write_parquet};

#[test]
fn bare_file_name_is_relative_to_the_working_folder() {
    let folder = tempfile::tempdir().unwrap();
    std::env::set_current_dir(folder.path()).unwrap();
    let (name, time) = ("truth.parquet".as_ref(), "2024-09-01T00:00:00Z".parse().unwrap());
    let forecast = Forecast::new("aave-v3/main/0x1".to_owned(), time, [0.1; 14], [0.2; 14]);
    write_parquet(name, std::slice::from_ref(&forecast)).unwrap();
    let read: Vec<Forecast> = read_parquet(name).unwrap();
    assert_eq!(read, [forecast]);
    assert!(folder.path().join(name).is_file());
}
