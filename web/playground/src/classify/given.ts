/** A table to classify. */
export interface Given {
  name: string; // of the file, or "one detection"
  bytes: Blob;
}
