/* The API reference's "try it": sends what a form says, with the pasted key or the session, and shows what came back. */
document.addEventListener('submit', (event) => {
  const place = event.target.closest('[data-try]')
  if (place === null && !event.target.closest('.scripted-only')) return
  event.preventDefault()
  event.target.removeAttribute('aria-busy')
  if (place !== null) tryOut(place, event.target)
})

async function tryOut(place, form) {
  const given = [...new FormData(form)].filter(([name, value]) => name !== '_key' && value !== '')
  const of = (kind) =>
    given.filter(([name]) => name.startsWith(`${kind}:`)).map(([name, value]) => [name.slice(kind.length + 1), value])
  const body = given.find(([name]) => name === 'body')?.[1]
  if (body !== undefined && !isJson(body)) return show(place, place.dataset.notJson)
  let path = place.dataset.try
  for (const [name, value] of of('path')) path = path.replace(`{${name}}`, encodeURIComponent(value))
  const query = new URLSearchParams(of('query')).toString()
  const token = document.querySelector('input[name="token"]')?.value.trim() ?? ''
  show(place, place.dataset.sending)
  try {
    const started = performance.now()
    const response = await fetch(query === '' ? path : `${path}?${query}`, {
      method: place.dataset.method,
      credentials: token === '' ? 'same-origin' : 'omit',
      redirect: 'manual',
      headers: {
        'accept-language': document.documentElement.lang,
        ...Object.fromEntries(of('header')),
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body,
    })
    const text = await response.text()
    const spent = Math.round(performance.now() - started)
    const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n')
    show(place, `${response.status} ${response.statusText} (${spent} ms)`, `${pretty(text)}\n\n${headers}`)
  } catch {
    show(place, place.dataset.unreachable)
  }
}

function show(place, sentence, details) {
  const answer = place.querySelector('[data-answer]')
  const status = document.createElement('p')
  status.textContent = sentence
  answer.replaceChildren(status)
  if (details === undefined) return
  const block = document.createElement('section')
  block.className = 'code-block'
  block.tabIndex = 0
  block.setAttribute('aria-label', place.dataset.result)
  const pre = document.createElement('pre')
  pre.textContent = details
  block.append(pre)
  answer.append(block)
}

function isJson(text) {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function pretty(text) {
  return isJson(text) ? JSON.stringify(JSON.parse(text), null, 2) : text.slice(0, 20000)
}
