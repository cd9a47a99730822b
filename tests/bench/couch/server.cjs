// Serve CouchDB's protocol from LevelDB in one process: node server.cjs FOLDER. Prints the port when it listens.
const PouchDB = require('pouchdb-core')
  .plugin(require('pouchdb-adapter-leveldb'))
  .plugin(require('pouchdb-mapreduce'))
  .plugin(require('pouchdb-replication'))
const express = require('express')
const folder = process.argv[2]
const app = express()
const databases = require('express-pouchdb')(PouchDB.defaults({ prefix: folder + '/', adapter: 'leveldb' }), {
  configPath: folder + '/config.json',
  logPath: folder + '/log.txt',
  mode: 'minimumForPouchDB',
})
app.use('/', databases)
const listening = app.listen(0, '127.0.0.1', () => console.log(listening.address().port))
