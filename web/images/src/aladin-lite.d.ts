// The part of Aladin Lite that is used here.
declare module "aladin-lite" {
  export interface Catalog {
    addSources(sources: unknown[]): void;
    removeAll(): void;
  }
  export interface Moc {
    show(): void;
    hide(): void;
  }
  export interface Aladin {
    gotoRaDec(ra: number, dec: number): void;
    setFoV(degrees: number): void;
    getRaDec(): [number, number];
    getFov(): [number, number];
    setImageSurvey(survey: string): void;
    addCatalog(catalog: Catalog): void;
    addMOC(moc: Moc): void;
    removeOverlay(overlay: Catalog): void;
    on(event: "positionChanged" | "zoomChanged", action: () => void): void;
  }
  const A: {
    init: Promise<void>;
    aladin(selector: string, options: Record<string, unknown>): Aladin;
    catalog(options: Record<string, unknown>): Catalog;
    source(ra: number, dec: number, data?: Record<string, unknown>): unknown;
    MOCFromJSON(moc: Record<string, number[]>, options: Record<string, unknown>): Moc;
  };
  export default A;
}
