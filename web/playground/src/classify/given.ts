/** What the reader gave to be classified. */
export interface Given {
  name: string; // of the file; "one detection"
  bytes: Blob;
}
