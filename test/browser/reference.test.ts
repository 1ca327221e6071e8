import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { axeFindings, noChromium, type Site, screenshot, startSite } from './support/browser.ts'

describe.skipIf(noChromium)('the API reference in a browser', () => {
  let site: Site
  beforeAll(async () => {
    site = await startSite()
  })
  afterAll(() => site?.close())

  test('somebody signed in tries an operation and sees what came back', async () => {
    const page = await site.open({ as: ['DGV', 'finance'], language: 'en' })
    await page.goto('/api')
    const operation = page.locator('#listOrganisations')
    await operation.getByText('Try it').click()
    await operation.getByLabel('limit').fill('2')
    await operation.getByRole('button', { name: 'Send the request' }).click()
    await operation.locator('[data-answer] pre').waitFor()
    expect(await operation.locator('[data-answer] p').innerText()).toMatch(/^200 OK/)
    const answer = await operation.locator('[data-answer] pre').innerText()
    expect(answer).toMatch('content-type: application/json')
    expect(answer).toMatch('"next_cursor"')
    await screenshot(page, 'api tried')
    expect(await axeFindings(page, '#listOrganisations')).toEqual([])
    await page.context().close()
  })

  test('a stranger tries with a pasted key, and what is refused is shown too', async () => {
    const page = await site.open({ language: 'en' })
    await page.goto('/api')
    const operation = page.locator('#getOrganisation')
    await operation.getByText('Try it').click()
    await operation.getByLabel('id').fill(site.world.organisation.REZ)
    const send = operation.getByRole('button', { name: 'Send the request' })
    await send.click()
    await operation.getByText(/^401 /).waitFor()
    await page.getByLabel(/^API key/).fill(await site.world.token('LUD', 'buyer'))
    await send.click()
    await operation.getByText(/^200 /).waitFor()
    expect(await operation.locator('[data-answer] pre').innerText()).toMatch('Rēzeknes valstspilsētas pašvaldība')
    await page.context().close()
  })

  test('a body that is not JSON is said before anything is sent', async () => {
    const page = await site.open({ as: ['DGV', 'administrator'], language: 'en' })
    await page.goto('/api')
    const operation = page.locator('#changeOrganisation')
    await operation.getByText('Try it').click()
    await operation.getByLabel('Body (JSON)').fill('{"name":')
    let sent = 0
    page.on('request', () => {
      sent += 1
    })
    await operation.getByRole('button', { name: 'Send the request' }).click()
    await operation.getByText('The body is not valid JSON').waitFor()
    expect(sent).toBe(0)
    await page.context().close()
  })

  test('without scripts the reference is read as it is, and nothing pretends to work', async () => {
    const page = await site.open({ scripts: false })
    await page.goto('/api')
    expect(await page.locator('#listOrganisations code').first().innerText()).toMatch('/api/v1/organisations')
    expect(await page.getByText('Izmēģināt', { exact: true }).first().isVisible()).toBe(false)
    await page.context().close()
  })
})
