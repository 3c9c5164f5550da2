export function SourcePage({ name }: { name: string }) {
  return <h1>{name}</h1>;
}
