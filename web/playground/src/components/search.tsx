export function Search() {
  return (
    <form class="search" role="search" onSubmit={(event) => event.preventDefault()}>
      <input type="search" name="q" placeholder="Name or position" aria-label="Name or position" />
    </form>
  );
}
