/** The little of fontkit that is used here; it brings no types of its own. */
declare module 'fontkit' {
  export interface Glyph {
    readonly id: number
    readonly codePoints: number[]
    readonly advanceWidth: number
  }
  export interface GlyphRun {
    glyphs: Glyph[]
    positions: { xAdvance: number; yAdvance: number; xOffset: number; yOffset: number }[]
  }
  export interface Subset {
    includeGlyph(id: number): number
    encode(): Uint8Array
  }
  export interface Font {
    readonly postscriptName: string
    readonly unitsPerEm: number
    readonly ascent: number
    readonly descent: number
    readonly capHeight: number
    readonly xHeight: number
    readonly italicAngle: number
    readonly bbox: { minX: number; minY: number; maxX: number; maxY: number }
    layout(text: string, ...how: unknown[]): GlyphRun
    getGlyph(id: number): Glyph
    createSubset(): Subset
  }
  export function create(bytes: Uint8Array): Font
}
