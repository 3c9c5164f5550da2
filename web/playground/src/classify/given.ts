/** A table to classify. */
export interface Given {
  name: string; // of the file, or "one detection"
  file: string; // what it is called in messages of the server
  bytes: Blob;
}
