package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
)

// FerretDB 1 reads a document and writes it back in two steps, so of several updates at once only some
// survive (of 200 concurrent $inc of one field, 12 were left). MongoDB's atomicity of a single document,
// which every service stands on, comes from this front: it passes the protocol on to FerretDB's own port,
// one writing command at a time.
type front struct {
	database string // host:port
	writing  sync.Mutex
}

const (
	headerSize     = 16
	maxMessageSize = 48 << 20
	// Well below FerretDB's 100 connections to SQLite, since readers need some, too.
	maxWriteBatchSize = 40
	opMsg             = 2013
	flagMoreToCome    = 1 << 1
	offsetOfCommand   = headerSize + 4 + 1 + 4 + 1 // header, flags, section kind, document length, element type
)

func (f *front) serve(listener net.Listener) error {
	for {
		client, err := listener.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return nil
			}
			return err
		}
		go f.pass(client)
	}
}

func (f *front) pass(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", f.database)
	if err != nil {
		return
	}
	defer server.Close()
	for f.exchange(client, server) == nil {
	}
}

// exchange passes one request on and its reply back; a client that writes again waits for that.
func (f *front) exchange(client, server net.Conn) error {
	request, err := readMessage(client)
	if err != nil {
		return err
	}
	replies, err := f.ask(server, request)
	if err != nil {
		return err
	}
	for _, reply := range replies {
		limitBatches(reply)
		if _, err = client.Write(reply); err != nil {
			return err
		}
	}
	return nil
}

func (f *front) ask(server net.Conn, request []byte) (replies [][]byte, err error) {
	if writes(request) {
		f.writing.Lock()
		defer f.writing.Unlock()
	}
	if _, err = server.Write(request); err != nil || moreToCome(request) {
		return nil, err
	}
	for {
		reply, err := readMessage(server)
		if err != nil {
			return nil, err
		}
		replies = append(replies, reply)
		if !moreToCome(reply) {
			return replies, nil
		}
	}
}

// limitBatches lowers the number of statements that a reply to hello allows in one command. FerretDB 1 keeps a
// connection to SQLite for each update of a command until its end, and has 100 of them: a command with more
// updates than are left waits for itself, and everyone after it.
func limitBatches(reply []byte) {
	_, limit, found := bytes.Cut(reply, []byte("\x10maxWriteBatchSize\x00"))
	if found && len(limit) >= 4 {
		binary.LittleEndian.PutUint32(limit, maxWriteBatchSize)
	}
}

// readMessage reads a whole message of MongoDB's wire protocol: its first four bytes are its length.
func readMessage(from net.Conn) ([]byte, error) {
	var length [4]byte
	if _, err := io.ReadFull(from, length[:]); err != nil {
		return nil, err
	}
	size := binary.LittleEndian.Uint32(length[:])
	if size < headerSize || size > maxMessageSize {
		return nil, errors.New("not a message of MongoDB's wire protocol")
	}
	message := make([]byte, size)
	copy(message, length[:])
	_, err := io.ReadFull(from, message[4:])
	return message, err
}

func isOpMsg(message []byte) bool {
	return binary.LittleEndian.Uint32(message[12:]) == opMsg && len(message) > offsetOfCommand
}

func moreToCome(message []byte) bool {
	return isOpMsg(message) && binary.LittleEndian.Uint32(message[headerSize:])&flagMoreToCome != 0
}

// writes tells whether the message's command, the name of its first element, changes documents.
func writes(message []byte) bool {
	if !isOpMsg(message) {
		return false
	}
	name, _, _ := bytes.Cut(message[offsetOfCommand:], []byte{0})
	switch string(name) {
	case "insert", "update", "delete", "findAndModify", "createIndexes", "create", "drop", "dropDatabase":
		return true
	}
	return false
}
