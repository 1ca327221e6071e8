import type { App } from '../http/app.ts'

export function paymentsPages(_app: App): void {}
