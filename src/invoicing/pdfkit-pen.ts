/**
 * The library's hand. Documents of versions 1 and 2 were issued with it and keep their bytes, so nothing here changes;
 * newer ones are drawn by `quick-pen.ts`.
 */
import type { Font, GlyphRun } from 'fontkit'
import PDFDocument from 'pdfkit'
import { type Element, type Face, type Fonts, type Ink, mostWords, type PaperOptions, type Pen } from './pen.ts'

const faces = new WeakMap<Font, Font>()

/**
 * A face that remembers how it shapes each word. Documents say the same words again and again, and shaping them is half of
 * what a document costs. What is handed out is a copy, since the writer turns positions into its own measure in place.
 */
function remembering(font: Font): Font {
  let own = faces.get(font)
  if (own !== undefined) return own
  const shaped = new Map<string, GlyphRun>()
  own = Object.create(font, {
    layout: {
      value: (text: string, ...how: unknown[]) => {
        if (how.some((each) => each !== undefined)) return font.layout(text, ...how)
        let run = shaped.get(text)
        if (run === undefined) {
          run = font.layout(text)
          if (shaped.size >= mostWords) shaped.clear()
          shaped.set(text, run)
        }
        return copyOf(run)
      },
    },
  }) as Font
  faces.set(font, own)
  return own
}

function copyOf(run: GlyphRun): GlyphRun {
  const copy = Object.assign(Object.create(Object.getPrototypeOf(run)), run) as GlyphRun
  copy.positions = run.positions.map((position) => ({ ...position }))
  return copy
}

type Structure = PDFKit.PDFStructureElement

export class PdfkitPen implements Pen {
  private readonly pdf: PDFKit.PDFDocument
  private readonly root: Structure

  constructor(fonts: Fonts, options: PaperOptions) {
    const on = new Date(`${options.made_on}T00:00:00Z`)
    this.pdf = new PDFDocument({
      size: options.size,
      margin: 0,
      font: null as never,
      bufferPages: true,
      pdfVersion: '1.7',
      subset: 'PDF/A-3b',
      tagged: true,
      lang: options.lang,
      displayTitle: true,
      info: {
        Title: options.title,
        Subject: options.subject,
        Author: options.author,
        Creator: 'Vieta',
        Producer: 'Vieta',
        CreationDate: on,
        ModDate: on,
      },
    })
    this.pdf.registerFont('regular', remembering(fonts.regular) as never)
    this.pdf.registerFont('strong', remembering(fonts.strong) as never)
    this.root = this.pdf.struct('Document')
    this.pdf.addStructure(this.root)
  }

  get pages(): number {
    return this.pdf.bufferedPageRange().count
  }

  addPage(): void {
    this.pdf.addPage()
  }

  toPage(index: number): void {
    this.pdf.switchToPage(index)
  }

  attach(name: string, text: string, options: { type: string; description: string; made_on: string }): void {
    const on = new Date(`${options.made_on}T00:00:00Z`)
    const file = {
      name,
      type: options.type,
      description: options.description,
      creationDate: on,
      modifiedDate: on,
      relationship: 'Alternative',
    }
    this.pdf.file(new TextEncoder().encode(text) as never, file)
  }

  element(type: string, options: { scope?: string; alt?: string }, parent: Element | null): Element {
    const element = this.pdf.struct(type, options as never)
    const above = (parent ?? this.root) as Structure
    above.add(element)
    return element
  }

  mark(element: Element, tag: string, draw: () => void): void {
    const content = this.pdf.markStructureContent(tag)
    draw()
    this.pdf.endMarkedContent()
    const structure = element as Structure
    structure.add(content)
  }

  artifact(type: 'Layout' | 'Pagination', draw: () => void): void {
    this.pdf.markContent('Artifact', { type } as never)
    draw()
    this.pdf.endMarkedContent()
  }

  widthOfWord(word: string, face: Face): number {
    return this.pdf.font(face).fontSize(1000).widthOfString(word)
  }

  text(text: string, x: number, y: number, { face, size, colour }: Ink): void {
    this.pdf.font(face).fontSize(size).fillColor(colour).text(text, x, y, { lineBreak: false })
  }

  fill(colour: string, boxes: readonly (readonly [number, number, number, number])[]): void {
    for (const [x, y, width, height] of boxes) this.pdf.rect(x, y, width, height)
    this.pdf.fill(colour)
  }

  line(x: number, y: number, width: number, weight: number, colour: string): void {
    this.pdf
      .moveTo(x, y)
      .lineTo(x + width, y)
      .lineWidth(weight)
      .strokeColor(colour)
      .stroke()
  }

  image(type: string, content: string, x: number, y: number, width: number, height: number): void {
    this.pdf.image(`data:${type};base64,${content}`, x, y, { width, height })
  }

  async bytes(): Promise<Uint8Array> {
    this.root.end()
    const chunks: Uint8Array[] = []
    const done = new Promise<void>((resolve, reject) => {
      this.pdf.on('data', (chunk: Uint8Array) => chunks.push(chunk))
      this.pdf.on('end', () => resolve())
      this.pdf.on('error', reject)
    })
    this.pdf.end()
    await done
    return joined(chunks)
  }
}

/** Pieces one after the other. */
export function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0))
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}
