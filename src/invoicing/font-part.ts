/**
 * The part of a face that goes into a file. Every document carries the same few hundred letters, so that part is cut out and
 * compressed once for all of them; one with other letters (a name from elsewhere) has them beside it, and that part is kept too.
 * A code in the text is the number of the glyph in the whole face, whatever part of it a file carries: shaping a word needs to
 * be done only once.
 */
import { deflateSync } from 'node:zlib'
import type { Font } from 'fontkit'
import { mostWords } from './pen.ts'

/** A word as it is written into a page. */
export type Shaped = {
  /** at 1000 points */
  width: number
  /** the operand of TJ: `<0024>-40<0057>`; a glyph that stands higher is marked by `^` */
  code: string
  raised: boolean
  /** glyphs that not every document carries, by number, with what they stand for; most words have none */
  others: ReadonlyMap<number, readonly number[]> | null
}

/** What a file needs of a face; streams are compressed. */
export type FontPart = {
  tag: string
  program: Uint8Array
  program_length: number
  glyphs: Uint8Array
  unicode: Uint8Array
  widths: string
}

/** What every document carries: letters of Latvian and English, figures, and the signs of a text. */
const everywhere = [
  ...Array.from({ length: 0x7f - 0x20 }, (_, index) => String.fromCharCode(0x20 + index)),
  ...'\u00a0āčēģīķļņšūžōŗĀČĒĢĪĶĻŅŠŪŽŌŖ€–—„“”‘’…·×−°§²³½',
  ...['ff', 'fi', 'fl', 'ffi', 'ffl'],
]

/** How many parts with other letters are kept: as many sellers and buyers as have such names in a month. */
const mostParts = 32

export class Face {
  private readonly font: Font
  private readonly base = new Map<number, readonly number[]>()
  readonly name: string
  /** how far under the top of a line its letters stand, at 1000 points */
  readonly ascent: number
  private readonly scale: number
  private readonly unknown: number
  private lines = new Map<string, Shaped>()
  private words = new Map<string, Shaped>()
  private readonly parts = new Map<string, FontPart>()

  constructor(font: Font) {
    this.font = font
    this.name = font.postscriptName
    this.scale = 1000 / font.unitsPerEm
    this.ascent = font.ascent * this.scale
    this.unknown = font.layout('?').glyphs[0]!.id
    for (const text of everywhere) {
      for (const { id, codePoints } of font.layout(text).glyphs) if (!this.base.has(id)) this.base.set(id, codePoints)
    }
  }

  /** The entries of the font's descriptor. */
  get measures(): string {
    const { bbox, descent, capHeight, xHeight, italicAngle } = this.font
    const box = [bbox.minX, bbox.minY, bbox.maxX, bbox.maxY].map((each) => number(each * this.scale)).join(' ')
    const [down, high, low] = [descent, capHeight, xHeight].map((each) => number(each * this.scale))
    return `/FontBBox[${box}]/ItalicAngle ${number(italicAngle)}/Ascent ${number(this.ascent)}/Descent ${down}/CapHeight ${high}/XHeight ${low}/StemV 0`
  }

  /** A word, or a piece of a line, shaped: once for all documents. */
  word(text: string): Shaped {
    let shaped = this.words.get(text)
    if (shaped === undefined) {
      shaped = this.shape(text)
      if (this.words.size >= mostWords) this.words = new Map()
      this.words.set(text, shaped)
    }
    return shaped
  }

  /** A line, put together of its words; documents repeat most of them. */
  line(text: string): Shaped {
    let line = this.lines.get(text)
    if (line === undefined) {
      const words = (text.match(/[^ ]* |[^ ]+$/g) ?? []).map((word) => this.word(word))
      const others = new Map(words.flatMap((word) => [...(word.others ?? [])]))
      line = {
        width: words.reduce((sum, word) => sum + word.width, 0),
        code: words.map((word) => word.code).join(''),
        raised: words.some((word) => word.raised),
        others: others.size === 0 ? null : others,
      }
      if (this.lines.size >= mostWords) this.lines = new Map()
      this.lines.set(text, line)
    }
    return line
  }

  private shape(text: string): Shaped {
    const { glyphs, positions } = this.font.layout(text)
    const { scale } = this
    const others = new Map<number, readonly number[]>()
    let [code, run, raised, width] = ['', '', false, 0]
    const move = (by: number) => {
      if (by === 0) return
      code += `${run === '' ? '' : `<${run}>`}${number(by)}`
      run = ''
    }
    for (const [index, glyph] of glyphs.entries()) {
      const { xAdvance, xOffset, yOffset } = positions[index]!
      const id = glyph.id === 0 ? this.unknown : glyph.id
      if (!this.base.has(id)) others.set(id, glyph.codePoints)
      move(-xOffset * scale)
      const digits = id.toString(16).padStart(4, '0')
      if (yOffset === 0) run += digits
      else {
        code += `${run === '' ? '' : `<${run}>`}^${number(yOffset * scale)}^<${digits}>^0^`
        run = ''
        raised = true
      }
      move((xOffset + this.font.getGlyph(id).advanceWidth - xAdvance) * scale)
      width += xAdvance * scale
    }
    if (run !== '') code += `<${run}>`
    return { width, code, raised, others: others.size === 0 ? null : others }
  }

  /** The part for a document that uses these glyphs besides those that all have. */
  part(others: ReadonlyMap<number, readonly number[]>): FontPart {
    const sorted = [...others].sort(([a], [b]) => a - b)
    const key = sorted.map(([id, points]) => `${id}:${points.join('.')}`).join(' ')
    let part = this.parts.get(key)
    if (part === undefined) {
      part = this.cut(new Map([...this.base, ...sorted]), key)
      if (this.parts.size >= mostParts) this.parts.clear()
      this.parts.set(key, part)
    }
    return part
  }

  private cut(glyphs: ReadonlyMap<number, readonly number[]>, key: string): FontPart {
    const ids = [...glyphs.keys()].sort((a, b) => a - b)
    const subset = this.font.createSubset()
    const map = new Uint8Array((ids.at(-1)! + 1) * 2)
    for (const id of ids) {
      const place = subset.includeGlyph(id)
      map[id * 2] = place >> 8
      map[id * 2 + 1] = place & 0xff
    }
    const program = subset.encode()
    return {
      tag: tagOf(key),
      program: deflateSync(program, { level: 9 }),
      program_length: program.length,
      glyphs: deflateSync(map, { level: 9 }),
      unicode: deflateSync(new TextEncoder().encode(unicodeMap(ids, glyphs)), { level: 9 }),
      widths: ids.map((id) => `${id}[${number(this.font.getGlyph(id).advanceWidth * this.scale)}]`).join(''),
    }
  }
}

/** Six letters that differ where the part differs, as a file asks for. */
function tagOf(key: string): string {
  let sum = 0x811c9dc5
  for (let at = 0; at < key.length; at++) sum = Math.imul(sum ^ key.charCodeAt(at), 0x01000193) >>> 0
  return Array.from({ length: 6 }, (_, place) => String.fromCharCode(65 + (Math.floor(sum / 26 ** place) % 26))).join(
    '',
  )
}

/** By which glyphs are letters again when text is copied, searched or read aloud. */
function unicodeMap(ids: readonly number[], glyphs: ReadonlyMap<number, readonly number[]>): string {
  const rows = ids.map((id) => `<${hex(id)}><${glyphs.get(id)!.map(utf16).join('')}>`)
  const blocks: string[] = []
  for (let start = 0; start < rows.length; start += 100) {
    const some = rows.slice(start, start + 100)
    blocks.push(`${some.length} beginbfchar\n${some.join('\n')}\nendbfchar`)
  }
  return `/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000><ffff>
endcodespacerange
${blocks.join('\n')}
endcmap
CMapName currentdict /CMap defineresource pop
end
end`
}

function utf16(point: number): string {
  return Array.from(String.fromCodePoint(point).split(''), (unit) => hex(unit.charCodeAt(0))).join('')
}

function hex(value: number): string {
  return value.toString(16).padStart(4, '0')
}

/** A number as a page writes it: two places are a hundredth of a point. */
export function number(value: number): string {
  return String(Math.round(value * 100) / 100)
}
