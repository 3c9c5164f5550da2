// The size of a node of the page.
import { useEffect, useRef, useState } from "preact/hooks";

/** The size of the node with this reference, as it changes; 0 until it is known. */
export function useSize() {
  const node = useRef<HTMLDivElement>(null);
  const [size, set] = useState({ width: 0, height: 0 });
  useEffect(() => {
    if (!node.current) return;
    const observer = new ResizeObserver(([{ contentRect: { width, height } }]) => set({ width, height }));
    observer.observe(node.current);
    return () => observer.disconnect();
  }, []);
  return { node, size };
}
