export function ClassifyPage() {
  return <h1>Classify</h1>;
}
