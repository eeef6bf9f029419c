// FerretDB on SQLite: what answers the MongoDB protocol where no mongod can be had.
//
//	flixtube-ferretdb <host:port> <data folder>
package main

import (
	"context"
	"fmt"
	"log"
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

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()

	database, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: os.Args[1]},
		Handler:   "sqlite",
		SQLiteURL: fmt.Sprintf("file:%s/", os.Args[2]),
	})
	if err != nil {
		log.Fatal(err)
	}

	if err = database.Run(ctx); err != nil && ctx.Err() == nil {
		log.Fatal(err)
	}
}
