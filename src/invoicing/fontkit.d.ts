/** The little of fontkit that is used here; it brings no types of its own. */
declare module 'fontkit' {
  export interface GlyphRun {
    positions: { xAdvance: number; yAdvance: number; xOffset: number; yOffset: number }[]
  }
  export interface Font {
    readonly postscriptName: string
    layout(text: string, ...how: unknown[]): GlyphRun
  }
  export function create(bytes: Uint8Array): Font
}
