// Stands for a page until the catalog is known, as index.html does until the script has arrived; its
// style is that of index.html, too.
export function Skeleton() {
  return (
    <div class="skeleton">
      <p class="hidden loading" role="status">
        Loading the catalog …
      </p>
      <div class="skeleton-panel" />
      <div class="skeleton-place" />
    </div>
  );
}
