// FerretDB on SQLite: what answers the MongoDB protocol where no mongod can be had.
//
//	flixtube-ferretdb <host:port> <data folder>
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/url"
	"os"
	"os/signal"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	log.SetFlags(0)

	if len(os.Args) != 3 {
		log.Fatal("usage: flixtube-ferretdb <host:port> <data folder>")
	}

	if err := run(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func run(address, folder string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()

	database, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: "127.0.0.1:0"},
		Handler:   "sqlite",
		SQLiteURL: fmt.Sprintf("file:%s/", folder),
	})
	if err != nil {
		return err
	}

	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	context.AfterFunc(ctx, func() { listener.Close() })

	ended := make(chan error, 1)
	go func() { ended <- database.Run(ctx) }()
	inner, err := url.Parse(database.MongoDBURI())
	if err == nil {
		err = (&front{database: inner.Host}).serve(listener)
	}
	stop()
	return errors.Join(err, <-ended)
}
