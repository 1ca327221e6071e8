/**
 * Our own hand: a PDF 1.7 file to PDF/A-3b with its structure tree, written as text. A tenth of the library's time, because what all documents
 * share (faces, shaped words, the colour profile, logos) is made once, and because what a document has thousands of (cells,
 * elements) are strings and not objects of a library. The file is: the bodies of objects that are streams, then all others
 * packed into one, then the table of where each stands.
 */
import { Buffer } from 'node:buffer'
import { deflateSync } from 'node:zlib'
import type { Font } from 'fontkit'
import { Face, number } from './font-part.ts'
import { type Picture, pictureOf } from './pdf-picture.ts'
import type { Element, Face as FaceName, Fonts, Ink, PaperOptions, Pen } from './pen.ts'

/** The first level packs to within an eighth of the sixth, in a third of its time. */
const level = 1

const faces = new WeakMap<Font, Face>()

function faceOf(font: Font): Face {
  let face = faces.get(font)
  if (face === undefined) {
    face = new Face(font)
    faces.set(font, face)
  }
  return face
}

const profiles = new WeakMap<Uint8Array, Uint8Array>()

function packedProfile(profile: Uint8Array): Uint8Array {
  let packed = profiles.get(profile)
  if (packed === undefined) {
    packed = deflateSync(profile, { level: 9 })
    profiles.set(profile, packed)
  }
  return packed
}

/** Objects that every file has, by number. The others follow. */
const [catalog, pageTree, info, structure, parents, metadata, intent, profile, resources, first] = [
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
]

class Node implements Element {
  kids = ''
  page = -1
  constructor(
    readonly id: number,
    readonly type: string,
    readonly above: Node | null,
    readonly said: string,
  ) {}

  end(): void {}
}

class Page {
  content = ''
  /** the elements of its marked contents, in order */
  readonly marked: number[] = []
  /** what the next text need not say again */
  font = ''
  colour = ''
  stroke = ''
  open: 'Layout' | 'Pagination' | null = null
  constructor(readonly id: number) {}

  /** An artifact stays open, for the next one is often one as well. */
  close(): void {
    if (this.open !== null) this.content += 'EMC\n'
    this.open = null
  }
}

const names: Record<FaceName, string> = { regular: 'F1', strong: 'F2' }

export class QuickPen implements Pen {
  private readonly options: PaperOptions
  private readonly faces: Record<FaceName, Face>
  private readonly profile: Uint8Array
  private readonly others: Record<FaceName, Map<number, readonly number[]>> = { regular: new Map(), strong: new Map() }
  private readonly sheets: Page[] = []
  private page: Page
  private readonly nodes: Node[] = []
  private readonly root: Node
  private readonly pictures: { id: number; picture: Picture }[] = []
  private attached: { name: string; text: string; type: string; description: string; made_on: string } | null = null
  private next = first

  constructor(fonts: Fonts, options: PaperOptions) {
    this.options = options
    this.faces = { regular: faceOf(fonts.regular), strong: faceOf(fonts.strong) }
    this.profile = fonts.profile
    this.root = this.node('Document', null, '')
    this.page = this.newPage()
  }

  get pages(): number {
    return this.sheets.length
  }

  addPage(): void {
    this.page = this.newPage()
  }

  private newPage(): Page {
    const page = new Page(this.next++)
    this.sheets.push(page)
    return page
  }

  toPage(index: number): void {
    this.page = this.sheets[index]!
  }

  attach(name: string, text: string, options: { type: string; description: string; made_on: string }): void {
    this.attached = { name, text, ...options }
  }

  element(type: string, { scope, alt }: { scope?: string; alt?: string }, parent: Element | null): Element {
    const said = alt === undefined ? '' : `/Alt ${textString(alt)}`
    const attributes = scope === undefined ? '' : `/A<</O/Table/Scope/${scope}>>`
    return this.node(type, (parent as Node | null) ?? this.root, said + attributes)
  }

  private node(type: string, above: Node | null, said: string): Node {
    const node = new Node(this.next++, type, above, said)
    if (above !== null) above.kids += `${node.id} 0 R `
    this.nodes.push(node)
    return node
  }

  mark(element: Element, tag: string, draw: () => void): void {
    const { page } = this
    page.close()
    const start = page.content
    const mark = page.marked.length
    const head = `/${tag}<</MCID ${mark}>>BDC\n`
    page.content += head
    draw()
    if (page.content.length === start.length + head.length) {
      page.content = start
      return
    }
    page.content += 'EMC\n'
    const node = element as Node
    page.marked.push(node.id)
    if (node.page === -1) node.page = page.id
    node.kids += node.page === page.id ? `${mark} ` : `<</Type/MCR/Pg ${page.id} 0 R/MCID ${mark}>>`
  }

  artifact(type: 'Layout' | 'Pagination', draw: () => void): void {
    const { page } = this
    if (page.open !== type) {
      page.close()
      page.content += `/Artifact<</Type/${type}>>BDC\n`
      page.open = type
    }
    draw()
  }

  widthOfWord(word: string, face: FaceName): number {
    return this.faces[face].word(word).width
  }

  text(text: string, x: number, y: number, { face, size, colour }: Ink): void {
    const { page } = this
    const shape = this.faces[face]
    const font = `/${names[face]} ${size} Tf `
    let written = 'BT '
    if (page.font !== font) {
      written += font
      page.font = font
    }
    if (page.colour !== colour) {
      written += `${rgb(colour)} rg `
      page.colour = colour
    }
    const base = this.options.size[1] - y - (shape.ascent * size) / 1000
    const line = shape.line(text)
    const code = line.raised ? raise(line.code, size) : line.code
    if (line.others !== null) for (const [id, points] of line.others) this.others[face].set(id, points)
    page.content += `${written}${number(x)} ${number(base)} Td[${code}]TJ ET\n`
  }

  fill(colour: string, boxes: readonly (readonly [number, number, number, number])[]): void {
    const { page } = this
    if (page.colour !== colour) {
      page.content += `${rgb(colour)} rg\n`
      page.colour = colour
    }
    const high = this.options.size[1]
    for (const [x, y, width, height] of boxes) {
      page.content += `${number(x)} ${number(high - y - height)} ${number(width)} ${number(height)} re\n`
    }
    page.content += 'f\n'
  }

  line(x: number, y: number, width: number, weight: number, colour: string): void {
    const { page } = this
    const stroke = `${number(weight)} w ${rgb(colour)} RG\n`
    if (page.stroke !== stroke) {
      page.content += stroke
      page.stroke = stroke
    }
    const high = number(this.options.size[1] - y)
    page.content += `${number(x)} ${high} m ${number(x + width)} ${high} l S\n`
  }

  image(type: string, content: string, x: number, y: number, width: number, height: number): void {
    const picture = pictureOf(type, content)
    let known = this.pictures.findIndex((each) => each.picture === picture)
    if (known === -1) {
      known = this.pictures.push({ id: this.next, picture }) - 1
      this.next += picture.mask === null ? 1 : 2
    }
    const low = number(this.options.size[1] - y - height)
    this.page.content += `q ${number(width)} 0 0 ${number(height)} ${number(x)} ${low} cm /I${known} Do Q\n`
  }

  async bytes(): Promise<Uint8Array> {
    const { options } = this
    const about = aboutOf(options)
    const file = new File()
    const pages = this.sheets.map((page, index) => {
      page.close()
      const content = this.next++
      file.stream(content, '', packed(page.content))
      const [width, height] = options.size
      file.put(
        page.id,
        `<</Type/Page/Parent ${pageTree} 0 R/MediaBox[0 0 ${width} ${height}]/Contents ${content} 0 R/Resources ${resources} 0 R/StructParents ${index}/Tabs/S>>`,
      )
      return `${page.id} 0 R`
    })
    file.put(pageTree, `<</Type/Pages/Count ${pages.length}/Kids[${pages.join(' ')}]>>`)
    this.putStructure(file)
    const fonts = (['regular', 'strong'] as const).map((name) => `/${names[name]} ${this.putFont(file, name)} 0 R`)
    const pictures = this.pictures.map(({ id, picture }, index) => {
      putPicture(file, id, picture)
      return `/I${index} ${id} 0 R`
    })
    const drawn = pictures.length === 0 ? '' : `/XObject<<${pictures.join('')}>>`
    file.put(resources, `<</ProcSet[/PDF/Text/ImageB/ImageC/ImageI]/Font<<${fonts.join('')}>>${drawn}>>`)
    file.stream(profile, '/N 3', packedProfile(this.profile))
    const srgb = '(sRGB IEC61966-2.1)'
    file.put(
      intent,
      `<</Type/OutputIntent/S/GTS_PDFA1/Info ${srgb}/OutputConditionIdentifier ${srgb}/DestOutputProfile ${profile} 0 R>>`,
    )
    file.raw(metadata, '/Type/Metadata/Subtype/XML', metadataOf(options))
    file.put(info, about)
    file.put(
      catalog,
      `<</Type/Catalog/Pages ${pageTree} 0 R/Lang${textString(options.lang)}/MarkInfo<</Marked true>>/StructTreeRoot ${structure} 0 R/ViewerPreferences<</DisplayDocTitle true>>/OutputIntents[${intent} 0 R]/Metadata ${metadata} 0 R${this.putAttached(file)}>>`,
    )
    const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(about))
    return file.end(
      this.next,
      [...new Uint8Array(hash, 0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
    )
  }

  private putStructure(file: File): void {
    const { root } = this
    for (const { id, type, above, said, kids, page } of this.nodes) {
      const on = page === -1 ? '' : `/Pg ${page} 0 R`
      file.put(id, `<</S/${type}${said}/P ${above?.id ?? structure} 0 R${on}/K[${kids}]>>`)
    }
    const marked = this.sheets.map(({ marked }, index) => `${index}[${marked.map((id) => `${id} 0 R`).join(' ')}]`)
    file.put(parents, `<</Nums[${marked.join('')}]>>`)
    const { length } = this.sheets
    file.put(
      structure,
      `<</Type/StructTreeRoot/K ${root.id} 0 R/ParentTree ${parents} 0 R/ParentTreeNextKey ${length}>>`,
    )
  }

  private putFont(file: File, name: FaceName): number {
    const face = this.faces[name]
    const part = face.part(this.others[name])
    const [font, cid, descriptor, program, glyphs, unicode] = Array.from({ length: 6 }, () => this.next++) as number[]
    const called = `${part.tag}+${face.name}`
    file.stream(program!, `/Length1 ${part.program_length}`, part.program)
    file.stream(glyphs!, '', part.glyphs)
    file.stream(unicode!, '', part.unicode)
    file.put(
      descriptor!,
      `<</Type/FontDescriptor/FontName/${called}/Flags 4${face.measures}/FontFile2 ${program} 0 R>>`,
    )
    file.put(
      cid!,
      `<</Type/Font/Subtype/CIDFontType2/BaseFont/${called}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor ${descriptor} 0 R/W[${part.widths}]/CIDToGIDMap ${glyphs} 0 R>>`,
    )
    file.put(
      font!,
      `<</Type/Font/Subtype/Type0/BaseFont/${called}/Encoding/Identity-H/DescendantFonts[${cid} 0 R]/ToUnicode ${unicode} 0 R>>`,
    )
    return font!
  }

  /** Returns what the catalogue says of it. */
  private putAttached(file: File): string {
    if (this.attached === null) return ''
    const { name, text, type, description, made_on } = this.attached
    const [stream, spec] = [this.next++, this.next++]
    const bytes = new TextEncoder().encode(text)
    const on = dateString(made_on)
    file.stream(
      stream,
      `/Type/EmbeddedFile/Subtype/${type.replaceAll('/', '#2F')}/Params<</Size ${bytes.length}/CreationDate ${on}/ModDate ${on}>>`,
      deflateSync(bytes, { level }),
    )
    const called = textString(name)
    file.put(
      spec,
      `<</Type/Filespec/AFRelationship/Alternative/F${called}/UF${called}/Desc${textString(description)}/EF<</F ${stream} 0 R/UF ${stream} 0 R>>>>`,
    )
    return `/AF[${spec} 0 R]/Names<</EmbeddedFiles<</Names[${called} ${spec} 0 R]>>>>`
  }
}

function putPicture(file: File, id: number, { head, data, mask }: Picture): void {
  file.stream(id, `/Type/XObject/Subtype/Image${head}${mask === null ? '' : `/SMask ${id + 1} 0 R`}`, data, '')
  if (mask !== null) file.stream(id + 1, `/Type/XObject/Subtype/Image${mask.head}`, mask.data, '')
}

/** `^250^` becomes a rise of the text at this size. */
function raise(code: string, size: number): string {
  return code.replace(/\^(-?[\d.]+)\^/g, (_, rise: string) => `]TJ ${number((Number(rise) * size) / 1000)} Ts[`)
}

const known = new Map<string, string>()

/** `#16211d` as the parts of red, green and blue. */
function rgb(colour: string): string {
  let parts = known.get(colour)
  if (parts === undefined) {
    const part = (at: number) => String(Math.round((Number.parseInt(colour.slice(at, at + 2), 16) / 255) * 1000) / 1000)
    parts = `${part(1)} ${part(3)} ${part(5)}`
    if (known.size > 1000) known.clear()
    known.set(colour, parts)
  }
  return parts
}

function packed(text: string): Uint8Array {
  return deflateSync(latin(text), { level })
}

/** A string of the file: as it stands where it is plain, else as UTF-16. */
function textString(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return `(${text.replace(/[\\()]/g, '\\$&')})`
  let digits = 'feff'
  for (let at = 0; at < text.length; at++) digits += text.charCodeAt(at).toString(16).padStart(4, '0')
  return `<${digits}>`
}

function dateString(day: string): string {
  return `(D:${day.replaceAll('-', '')}000000Z)`
}

function aboutOf({ title, subject, author, made_on }: PaperOptions): string {
  const on = dateString(made_on)
  return `<</Title${textString(title)}/Subject${textString(subject)}/Author${textString(author)}/Creator(Vieta)/Producer(Vieta)/CreationDate${on}/ModDate${on}>>`
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** The same again for programs that read XMP, and the claim to be PDF/A-3b. */
function metadataOf({ title, subject, author, made_on }: PaperOptions): string {
  const xml = (text: string) => text.replace(/[&<>]/g, (sign) => entities[sign]!)
  const said = (text: string) => `<rdf:Alt><rdf:li xml:lang="x-default">${xml(text)}</rdf:li></rdf:Alt>`
  const on = `${made_on}T00:00:00Z`
  return `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance></rdf:Description>
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"><xmp:CreateDate>${on}</xmp:CreateDate><xmp:ModifyDate>${on}</xmp:ModifyDate><xmp:CreatorTool>Vieta</xmp:CreatorTool></rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>${said(title)}</dc:title><dc:creator><rdf:Seq><rdf:li>${xml(author)}</rdf:li></rdf:Seq></dc:creator><dc:description>${said(subject)}</dc:description></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"><pdf:Producer>Vieta</pdf:Producer></rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>`
}

/** The pieces of a file and where they stand. */
class File {
  private readonly pieces: Uint8Array[] = []
  private length = 0
  /** by object: where its stream begins in the file */
  private readonly starts = new Map<number, number>()
  private readonly ids: number[] = []
  private readonly bodies: string[] = []

  constructor() {
    this.write('%PDF-1.7\n%\u00ff\u00ff\u00ff\u00ff\n')
  }

  private write(piece: string | Uint8Array): void {
    const bytes = typeof piece === 'string' ? latin(piece) : piece
    this.pieces.push(bytes)
    this.length += bytes.length
  }

  /** An object that is not a stream. */
  put(id: number, body: string): void {
    this.ids.push(id)
    this.bodies.push(body)
  }

  /** @param data packed already */
  stream(id: number, head: string, data: Uint8Array, filter = '/Filter/FlateDecode'): void {
    this.starts.set(id, this.length)
    this.write(`${id} 0 obj\n<<${head}${filter}/Length ${data.length}>>\nstream\n`)
    this.write(data)
    this.write('\nendstream\nendobj\n')
  }

  /** A stream that any program can read as it stands. */
  raw(id: number, head: string, text: string): void {
    this.stream(id, head, new TextEncoder().encode(text), '')
  }

  /** @param size the first number that no object has yet */
  end(size: number, id: string): Uint8Array {
    const [holder, table] = [size, size + 1]
    let at = 0
    let head = ''
    for (const [index, object] of this.ids.entries()) {
      head += `${object} ${at} `
      at += this.bodies[index]!.length + 1
    }
    const body = packed(`${head}${this.bodies.join('\n')}\n`)
    this.stream(holder, `/Type/ObjStm/N ${this.ids.length}/First ${head.length}`, body)
    const start = this.length
    this.starts.set(table, start)
    const rows = this.table(table + 1, holder)
    this.stream(
      table,
      `/Type/XRef/Size ${table + 1}/W[1 4 3]/Root ${catalog} 0 R/Info ${info} 0 R/ID[<${id}><${id}>]`,
      deflateSync(rows, { level }),
    )
    this.write(`startxref\n${start}\n%%EOF\n`)
    const file = new Uint8Array(this.length)
    let offset = 0
    for (const piece of this.pieces) {
      file.set(piece, offset)
      offset += piece.length
    }
    return file
  }

  /** Eight bytes for each object: what it is, where it stands, which of its holder it is. */
  private table(size: number, holder: number): Uint8Array {
    const rows = new Uint8Array(size * 8)
    const view = new DataView(rows.buffer)
    view.setUint8(5, 0xff)
    view.setUint16(6, 0xffff)
    for (const [object, start] of this.starts) {
      rows[object * 8] = 1
      view.setUint32(object * 8 + 1, start)
    }
    for (const [index, object] of this.ids.entries()) {
      rows[object * 8] = 2
      view.setUint32(object * 8 + 1, holder)
      view.setUint8(object * 8 + 5, index >> 16)
      view.setUint16(object * 8 + 6, index & 0xffff)
    }
    return rows
  }
}

/** Text of the file's own signs, none of which is beyond a byte. */
function latin(text: string): Uint8Array {
  return Buffer.from(text, 'latin1')
}
