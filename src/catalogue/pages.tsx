/** The catalogue for people. */
import type { App } from '../http/app.ts'

export function cataloguePages(_app: App): void {}
