/** `npm run openapi`: writes openapi/openapi.json from the routes. */
import { mkdir, writeFile } from 'node:fs/promises'
import { documentText } from './text.ts'

await mkdir('openapi', { recursive: true })
await writeFile('openapi/openapi.json', documentText())
