/** The project's files that a running program may ask for: pages' assets, and the documents' fonts. Workers carry copies of these. */
import { assets } from './ui/assets.ts'

/** Documents are set in these; invoicing loads them by this path. */
export const documentFonts = {
  regular: 'node_modules/@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf',
  strong: 'node_modules/@expo-google-fonts/noto-sans/600SemiBold/NotoSans_600SemiBold.ttf',
} as const

/** The profile of the colours of documents (sRGB), which PDF/A asks for. */
export const documentColours = 'node_modules/pdfkit/js/data/sRGB_IEC61966_2_1.icc'

export const bundledFiles: readonly string[] = [
  ...assets.map((asset) => asset.source),
  ...Object.values(documentFonts),
  documentColours,
]

/** A file's flat name among the copies: deployments leave out folders such as `node_modules`. */
export function bundledName(source: string): string {
  return source.replaceAll(/[^\w.-]/g, '_')
}
