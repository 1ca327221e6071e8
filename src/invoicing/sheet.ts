/**
 * A4 sheets for a document: text set by hand where it stands, tables whose header returns on every page, and the structure
 * tree that lets a screen reader follow (headings, paragraphs, tables). Setting cells by hand is ten times as fast as the
 * library's own tables, which matters where a close makes hundreds of documents.
 */
import { create, type Font } from 'fontkit'
import { documentColours, documentFonts } from '../bundled-files.ts'
import { tintOf } from '../ui/colour.ts'
import { PdfkitPen } from './pdfkit-pen.ts'
import { type Element, type Face, type Fonts, mostWords, type Pen } from './pen.ts'
import { QuickPen } from './quick-pen.ts'

/** Reads the faces. They are shared by all documents of the program, since reading one takes longer than writing a document. */
export async function loadFonts(load: (source: string) => Promise<Uint8Array>): Promise<Fonts> {
  const sources = [documentFonts.regular, documentFonts.strong, documentColours]
  const [regular, strong, profile] = await Promise.all(sources.map((source) => load(source)))
  return { regular: create(regular!), strong: create(strong!), profile: profile! }
}

/** Widths of words at 1000 points, by face: the same for all documents. */
const widthsOf = new WeakMap<Font, Map<string, number>>()

function widthsIn(font: Font): Map<string, number> {
  let widths = widthsOf.get(font)
  if (widths === undefined || widths.size >= mostWords) {
    widths = new Map()
    widthsOf.set(font, widths)
  }
  return widths
}

export const colours = {
  ink: '#16211d',
  muted: '#4f5f57',
  brand: '#0f5b4c',
  soft: '#e8f1ed',
  line: '#d8dfda',
  rule: '#76867e',
  white: '#ffffff',
}

export type Style = { size?: number; face?: Face; colour?: string; align?: 'left' | 'right'; gap?: number }
/** A note stands under the text, smaller. */
export type Cell = { text: string; note?: string; style?: Style } | string
export type Column = { header: string; width: number; align?: 'left' | 'right' }

const page = { width: 595.28, height: 841.89, left: 48, right: 48, top: 46, bottom: 58 }
/** between the margins, in points */
export const contentWidth = page.width - page.left - page.right
const lineHeight = 1.36

export class Sheet {
  /** where the next thing stands, from the top of the page */
  y = page.top
  readonly left = page.left
  private readonly pen: Pen
  private readonly widths: Record<Face, Map<string, number>>
  /** the document's own colour, and the light one that lies behind it */
  readonly brand: string
  private readonly soft: string

  /** @param options.hand `library` for documents that were issued with it; their bytes stay */
  constructor(
    fonts: Fonts,
    options: {
      title: string
      subject: string
      author: string
      lang: string
      made_on: string
      accent: string | null
      hand?: 'library' | 'own'
    },
  ) {
    this.widths = { regular: widthsIn(fonts.regular), strong: widthsIn(fonts.strong) }
    this.brand = options.accent ?? colours.brand
    this.soft = options.accent === null ? colours.soft : tintOf(options.accent)
    const paper = { ...options, size: [page.width, page.height] as [number, number] }
    this.pen = options.hand === 'library' ? new PdfkitPen(fonts, paper) : new QuickPen(fonts, paper)
  }

  /** A file inside the file, which says the same for machines (PDF/A-3). @param made_on so that it has the same bytes on any day */
  attach(name: string, text: string, options: { type: string; description: string; made_on: string }): void {
    this.pen.attach(name, text, options)
  }

  /** A new page where less than `height` is left on this one. Returns whether there was one. */
  room(height: number): boolean {
    if (this.y + height <= page.height - page.bottom) return false
    this.breakPage()
    return true
  }

  breakPage(): void {
    this.pen.addPage()
    this.y = page.top
  }

  /** Whether everything so far stands on one page. */
  get onFirst(): boolean {
    return this.pen.pages === 1
  }

  /** What is left on this page. */
  get left_over(): number {
    return page.height - page.bottom - this.y
  }

  heading(level: 1 | 2 | 3, text: string, style: Style = {}): void {
    const size = style.size ?? (level === 1 ? 22 : level === 2 ? 13 : 10)
    this.room(size * lineHeight + 40)
    this.paragraph(text, { size, face: 'strong', ...style }, `H${level}`)
  }

  /** A paragraph across the sheet. */
  paragraph(text: string, style: Style = {}, tag = 'P'): void {
    const size = style.size ?? 9
    const lines = this.wrap(text, contentWidth, style)
    this.room(Math.min(lines.length, 3) * size * lineHeight)
    this.y = this.block(null, tag, lines, this.left, this.y, contentWidth, style)
    this.y += style.gap ?? 4
  }

  /** Text in a box of its own that does not move the cursor. Returns where it ends. */
  box(text: string, x: number, y: number, width: number, style: Style = {}, tag = 'P'): number {
    return this.block(null, tag, this.wrap(text, width, style), x, y, width, style)
  }

  /** Label and text beside each other, under each other: `[label, text]`. Returns where the last one ends. */
  pairs(
    pairs: [string, string][],
    x: number,
    y: number,
    widths: [number, number],
    style: Style = {},
    label_style: Style = { colour: colours.muted },
  ): number {
    let at = y
    for (const [label, text] of pairs) {
      const size = style.size ?? 9
      const beside = { size, ...label_style }
      const labels = this.wrap(label, widths[0] - 8, beside)
      const lines = this.wrap(text, widths[1], style)
      const element = this.element('P')
      this.lines(element, labels, x, at, widths[0] - 8, beside)
      this.lines(element, lines, x + widths[0], at, widths[1], style)
      element.end()
      at += Math.max(labels.length, lines.length) * size * lineHeight + 2
    }
    return at
  }

  /** A filled box behind what is written on it next. */
  panel(y: number, height: number): void {
    this.artifact(() => {
      this.pen.fill(this.soft, [[page.left, y, contentWidth, height]])
      this.pen.fill(this.brand, [[page.left, y, 3, height]])
    })
  }

  /** A picture in a box, as large as fits, at its right edge. Returns where it ends. @param content base64 */
  logo(
    picture: { type: string; content: string; width: number; height: number },
    y: number,
    box: [number, number],
  ): number {
    const scale = Math.min(box[0] / picture.width, box[1] / picture.height, 0.75)
    const [width, height] = [picture.width * scale, picture.height * scale]
    this.artifact(() => {
      const x = page.left + contentWidth - width
      this.pen.image(picture.type, picture.content, x, y, width, height)
    })
    return y + height
  }

  /** A matrix code with the empty edge that readers need around it, and what it says for who does not see it. */
  code(matrix: readonly (readonly boolean[])[], x: number, y: number, side: number, alt: string): void {
    const edge = 4
    const step = side / (matrix.length + 2 * edge)
    const element = this.element('Figure', { alt })
    const boxes: [number, number, number, number][] = []
    for (const [row, cells] of matrix.entries()) {
      for (let start = 0; start < cells.length; start += 1) {
        if (!cells[start]) continue
        let end = start
        while (cells[end + 1]) end += 1
        boxes.push([x + (start + edge) * step, y + (row + edge) * step, (end - start + 1) * step, step])
        start = end
      }
    }
    this.pen.mark(element, 'Figure', () => {
      this.pen.fill(colours.white, [[x, y, side, side]])
      this.pen.fill('#000000', boxes)
    })
    element.end()
  }

  rule(y: number, style: { colour?: string; x?: number; width?: number; weight?: number } = {}): void {
    const { colour = colours.line, x = page.left, width = contentWidth, weight = 0.75 } = style
    this.artifact(() => this.pen.line(x, y, width, weight, colour))
  }

  /** A sum is closed with the double rule of a ledger. */
  doubleRule(y: number, x: number, width: number): void {
    this.rule(y, { colour: colours.ink, x, width })
    this.rule(y + 2.2, { colour: colours.ink, x, width })
  }

  table(columns: readonly Column[], label: string): Table {
    return new Table(this, columns, this.element('Table', { alt: label }))
  }

  /** The foot of every page, when their number is known; then the bytes. */
  async bytes(foot: (number: number, of: number) => [string, string]): Promise<Uint8Array> {
    const count = this.pen.pages
    for (let index = 0; index < count; index++) {
      this.pen.toPage(index)
      const [left, right] = foot(index + 1, count)
      const y = page.height - 36
      this.rule(y - 6)
      const style = { size: 7.5, colour: colours.muted }
      this.artifact(() => {
        this.set(left, page.left, y, contentWidth, style)
        this.set(right, page.left, y, contentWidth, { ...style, align: 'right' })
      }, 'Pagination')
    }
    return this.pen.bytes()
  }

  /** The lines a text takes in a width. Blanks that do not break stay together; a word wider than the width is cut. */
  wrap(text: string, width: number, style: Style = {}): string[] {
    const face = style.face ?? 'regular'
    const size = style.size ?? 9
    return text.split('\n').flatMap((part) => this.wrapLine(part, width, face, size))
  }

  private wrapLine(text: string, width: number, face: Face, size: number): string[] {
    if (this.widthOf(text, face, size) <= width) return [text]
    const blank = this.widthOf(' ', face, size)
    const lines: string[] = []
    let line: string[] = []
    let taken = 0
    for (const word of text.split(' ').flatMap((word) => this.cut(word, width, face, size))) {
      const wide = this.widthOf(word, face, size)
      if (line.length > 0 && taken + blank + wide > width) {
        lines.push(line.join(' '))
        line = []
        taken = 0
      }
      taken += (line.length > 0 ? blank : 0) + wide
      line.push(word)
    }
    lines.push(line.join(' '))
    return lines
  }

  private cut(word: string, width: number, face: Face, size: number): string[] {
    if (this.widthOf(word, face, size) <= width) return [word]
    const parts: string[] = []
    let part = ''
    for (const letter of word) {
      if (part !== '' && this.widthOf(part + letter, face, size) > width) {
        parts.push(part)
        part = letter
      } else part += letter
    }
    return [...parts, part]
  }

  /** Word by word, as the library lays text out: a document says the same few hundred words again and again. */
  private widthOf(text: string, face: Face, size: number): number {
    const known = this.widths[face]
    const whole = known.get(text)
    if (whole !== undefined) return (whole * size) / 1000
    let sum = 0
    for (const word of text.match(/[^ ]* |[^ ]+$/g) ?? []) {
      let width = known.get(word)
      if (width === undefined) {
        width = this.pen.widthOfWord(word, face)
        known.set(word, width)
      }
      sum += width
    }
    known.set(text, sum)
    return (sum * size) / 1000
  }

  /** An element at the end of the document, or of another element. */
  element(type: string, options: { scope?: string; alt?: string } = {}, parent: Element | null = null): Element {
    return this.pen.element(type, options, parent)
  }

  private block(
    parent: Element | null,
    tag: string,
    lines: string[],
    x: number,
    y: number,
    width: number,
    style: Style,
  ): number {
    const element = this.element(tag, {}, parent)
    this.lines(element, lines, x, y, width, style)
    element.end()
    return y + lines.length * (style.size ?? 9) * lineHeight
  }

  /** Lines of text as the content of an element. */
  lines(element: Element, lines: readonly string[], x: number, y: number, width: number, style: Style): void {
    this.pen.mark(element, 'Span', () => this.bare(lines, x, y, width, style))
  }

  /** Lines of text without an element, inside an artifact. */
  bare(lines: readonly string[], x: number, y: number, width: number, style: Style): void {
    for (const [index, line] of lines.entries()) {
      this.set(line, x, y + index * (style.size ?? 9) * lineHeight, width, style)
    }
  }

  private set(text: string, x: number, y: number, width: number, style: Style): void {
    const { size = 9, face = 'regular', colour = colours.ink, align = 'left' } = style
    const from = align === 'right' ? x + width - this.widthOf(text, face, size) : x
    if (text === '') return
    this.pen.text(text, from, y, { face, size, colour })
  }

  /** What a reader need not hear: rules, fills, the foot of the page, a header that returns. */
  artifact(draw: () => void, type: 'Layout' | 'Pagination' = 'Layout'): void {
    this.pen.artifact(type, draw)
  }
}

export type RowOptions = {
  /** a rule under the row: none, a hair line, or the line that a sum stands under */
  rule?: 'none' | 'hair' | 'sum'
  style?: Style
  /** how many columns each cell takes; one where nothing is said */
  spans?: readonly number[]
  /** more rows that must stand on the same page */
  keep?: number
}

/** A table whose header returns on every page. */
export class Table {
  private headed = false
  constructor(
    private readonly sheet: Sheet,
    private readonly columns: readonly Column[],
    private readonly element: Element,
    private readonly size = 8.25,
  ) {}

  row(cells: readonly Cell[], options: RowOptions = {}): void {
    const { sheet, size } = this
    const set = this.placed(cells, options.spans ?? [])
    const texts = set.map(({ cell, width, align }) => {
      const { text, note, style } = typeof cell === 'string' ? { text: cell, note: undefined, style: {} } : cell
      const whole = { size, align, ...options.style, ...style }
      const under = { size: size - 0.75, colour: colours.muted, align }
      const notes = note === undefined ? [] : sheet.wrap(note, width, under)
      const lines = sheet.wrap(text, width, whole)
      return {
        lines,
        style: whole,
        notes,
        under,
        height: (lines.length * whole.size + notes.length * under.size) * lineHeight,
      }
    })
    const height = Math.max(...texts.map((each) => each.height)) + 5
    if (!this.headed) this.head(true, height * (1 + (options.keep ?? 0)))
    else if (sheet.room(height * (1 + (options.keep ?? 0)))) this.head(false, 0)
    const row = sheet.element('TR', {}, this.element)
    for (const [index, { lines, style, notes, under }] of texts.entries()) {
      const { x, width } = set[index]!
      const cell = sheet.element('TD', {}, row)
      sheet.lines(cell, lines, x, sheet.y + 2.5, width, style)
      if (notes.length > 0)
        sheet.lines(cell, notes, x, sheet.y + 2.5 + lines.length * style.size * lineHeight, width, under)
      cell.end()
    }
    row.end()
    sheet.y += height
    if (options.rule !== 'none') this.rule(options.rule === 'sum' ? colours.rule : colours.line)
  }

  end(): void {
    this.element.end()
  }

  /** The first header belongs to the table; one that returns is for the eye alone. */
  private head(first: boolean, room: number): void {
    const { sheet } = this
    this.headed = true
    const style: Style = { size: 7.25, colour: colours.muted, face: 'strong' }
    const set = this.placed(
      this.columns.map((column) => column.header),
      [],
    )
    const lines = set.map(({ cell, width }) => sheet.wrap(cell as string, width, style))
    const height = Math.max(...lines.map((each) => each.length)) * 7.25 * lineHeight + 6
    if (first) sheet.room(height + room)
    const draw = (write: (index: number) => void) => {
      for (const index of set.keys()) write(index)
    }
    const place = (index: number) => {
      const { x, width, align } = set[index]!
      return [lines[index]!, x, sheet.y + 2, width, { ...style, align }] as const
    }
    if (first) {
      const row = sheet.element('TR', {}, this.element)
      draw((index) => {
        const cell = sheet.element('TH', { scope: 'Column' }, row)
        sheet.lines(cell, ...place(index))
        cell.end()
      })
      row.end()
    } else sheet.artifact(() => draw((index) => sheet.bare(...place(index))))
    sheet.y += height
    this.rule(colours.rule)
  }

  private rule(colour: string): void {
    const width = this.columns.reduce((sum, column) => sum + column.width, 0)
    this.sheet.rule(this.sheet.y, { colour, width })
  }

  /** Where each cell stands. */
  private placed(cells: readonly Cell[], spans: readonly number[]) {
    const gap = 6
    let x = this.sheet.left
    let next = 0
    return cells.map((cell, index) => {
      const columns = this.columns.slice(next, next + (spans[index] ?? 1))
      next += columns.length
      const width = columns.reduce((sum, column) => sum + column.width, 0)
      const last = next === this.columns.length
      const placed = { cell, x, width: last ? width : width - gap, align: columns[0]!.align ?? ('left' as const) }
      x += width
      return placed
    })
  }
}
