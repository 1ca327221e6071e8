import type { App } from '../http/app.ts'

export function statementPages(_app: App): void {}
