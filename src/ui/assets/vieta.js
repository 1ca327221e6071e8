/* Comfort only: every page works without this file. */

/* Attendance sheets: arrow keys move between days and rows, and the row's total follows the ticks. */
document.addEventListener('keydown', (event) => {
  const moves = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }
  const move = moves[event.key]
  const input = event.target
  if (!move || !(input instanceof HTMLInputElement) || event.altKey || event.ctrlKey || event.metaKey) return
  const sheet = input.closest('table[data-sheet]')
  if (!sheet) return
  const sideways = move[1] !== 0
  if (sideways && input.type !== 'checkbox') {
    const atEdge = move[1] < 0 ? input.selectionEnd === 0 : input.selectionStart === input.value.length
    if (!atEdge) return
  }
  const rows = [...sheet.tBodies[0].rows]
  let row = rows.indexOf(input.closest('tr'))
  let column = input.closest('td').cellIndex
  for (;;) {
    row += move[0]
    column += move[1]
    const cell = rows[row]?.cells[column]
    if (!cell) return
    const next = cell.querySelector('input')
    if (next) {
      event.preventDefault()
      next.focus()
      if (next.type !== 'checkbox') next.select()
      return
    }
  }
})

document.addEventListener('change', (event) => {
  const sheet = event.target.closest?.('table[data-sheet="tick"]')
  // Where some rows hold figures, the totals follow only when the sheet is saved: exact sums are the server's.
  if (!sheet || sheet.querySelector('input:not([type="checkbox"])')) return
  const ticked = (cells) => String(cells.filter((cell) => cell?.querySelector('input:checked, .icon')).length)
  const row = event.target.closest('tr')
  const total = row.querySelector('[data-sheet-total]')
  if (!total) return
  total.textContent = ticked([...row.cells])
  const foot = sheet.tFoot?.rows[0]
  if (!foot) return
  const column = event.target.closest('td').cellIndex
  foot.cells[column].textContent = ticked([...sheet.tBodies[0].rows].map((each) => each.cells[column]))
  foot.cells[foot.cells.length - 1].textContent = ticked([...sheet.tBodies[0].rows].flatMap((each) => [...each.cells]))
})

/* Buttons that print the page are useless without scripts, so they are hidden until now. */
document.documentElement.classList.add('scripted')
document.addEventListener('click', (event) => {
  if (event.target.closest?.('[data-print]')) window.print()
})

/* A form sent twice by an impatient click is harmless (it has its key), but it should look sent. */
document.addEventListener('submit', (event) => {
  const form = event.target
  if (form.method !== 'post') return
  form.setAttribute('aria-busy', 'true')
  window.setTimeout(() => form.removeAttribute('aria-busy'), 8000)
})
window.addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[aria-busy]')) form.removeAttribute('aria-busy')
})

/* Something under way is told as it goes on; at its end the page is read again. */
for (const box of document.querySelectorAll('[data-progress]')) {
  const news = new EventSource(box.dataset.progress)
  news.onmessage = ({ data }) => {
    const { done, text } = JSON.parse(data)
    box.querySelector('progress').value = done
    const said = box.querySelector('[data-progress-text]')
    if (said.textContent !== text) said.textContent = text
  }
  news.addEventListener('done', ({ data }) => {
    news.close()
    window.location.assign(data)
  })
}
