// Phones that replicate as PouchDB does: node replicate.cjs PREFIX PHONES ROUNDS BATCH DOC. Prints documents a second.
const PouchDB = require('pouchdb-core')
  .plugin(require('pouchdb-adapter-memory'))
  .plugin(require('pouchdb-adapter-http'))
  .plugin(require('pouchdb-replication'))
const [prefix, phones, rounds, batch] = [process.argv[2], ...process.argv.slice(3, 6).map(Number)]
const doc = JSON.parse(process.argv[6])

async function phone(number) {
  const here = new PouchDB(`phone-${number}`, { adapter: 'memory' })
  const there = new PouchDB(`${prefix}-${number}`, { adapter: 'http' })
  await there.info()
  return async (round) => {
    await here.bulkDocs(Array.from({ length: batch }, (_, at) => ({ ...doc, _id: `${round}-${at}` })))
    const told = await here.replicate.to(there, { batch_size: batch })
    if (told.docs_written !== batch) throw new Error(JSON.stringify(told))
  }
}

async function main() {
  const all = await Promise.all(Array.from({ length: phones }, (_, number) => phone(number)))
  await Promise.all(all.map((deliver) => deliver('warm')))
  const began = performance.now()
  await Promise.all(
    all.map(async (deliver) => {
      for (let round = 0; round < rounds; round++) await deliver(round)
    }),
  )
  console.log((phones * rounds * batch * 1000) / (performance.now() - began))
}

main()
